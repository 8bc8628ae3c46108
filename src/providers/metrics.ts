import { metrics } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  type IAttributesProcessor,
  type MetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'
import type { Config } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { contain } from './contain.ts'
import type { Pipeline } from './pipeline.ts'
import type { ProxyMeterProvider } from './proxy-meter-provider.ts'

export interface MetricsParts {
  readonly config: Config
  readonly resource: Resource
  readonly exporters: readonly PushMetricExporter[]
  /** Readers that bring their own way out, such as a Prometheus server. */
  readonly readers: readonly MetricReader[]
  /** In place since `@org/otel` was imported, where it was. */
  readonly proxy: ProxyMeterProvider | undefined
  readonly report: Report
}

export function createMetrics(parts: MetricsParts): Pipeline & { provider: MeterProvider } {
  const { config, resource, exporters, readers, proxy, report } = parts
  const provider = new MeterProvider({
    resource,
    views: createViews(config.code.views ?? [], report),
    readers: [
      ...(config.code.metricReaders ?? []),
      ...readers,
      ...exporters.map(
        exporter =>
          new PeriodicExportingMetricReader({
            exporter,
            exportIntervalMillis: config.metrics.intervalMs,
            exportTimeoutMillis: config.metrics.timeoutMs,
          }),
      ),
    ],
  })
  return {
    provider,
    install() {
      if (proxy !== undefined && metrics.getMeterProvider() === proxy) metrics.disable()
      if (!metrics.setGlobalMeterProvider(provider)) return false
      proxy?.setDelegate(provider)
      return true
    },
    uninstall: () => metrics.disable(),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  }
}

/** The SDK throws for a view that selects nothing, and would take all metrics with it. */
function createViews(given: readonly ViewOptions[], report: Report): ViewOptions[] {
  return given.flatMap((view, index) => {
    try {
      new MeterProvider({ views: [view] })
    } catch (error) {
      const seen = `refused by the SDK: ${String(error)}`
      report(
        createProblem('bad-option', { name: `views[${index}]`, seen, expected: 'a view that selects instruments' }),
      )
      return []
    }
    const processors = view.attributesProcessors?.map(processor => containProcessor(processor, report))
    return [{ ...view, ...(processors && { attributesProcessors: processors }) }]
  })
}

/** It runs within the app's `counter.add()`; one that fails leaves the attributes as they are. */
function containProcessor(given: IAttributesProcessor, report: Report): IAttributesProcessor {
  const contained = contain('views', given, report)
  return { process: (attributes, context) => contained.process(attributes, context) ?? attributes }
}
