import { metrics } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  type IAttributesProcessor,
  type MetricReader,
  MeterProvider,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'
import type { Config } from '../config/config.ts'
import { describeThrown } from '../diagnostics/describe-thrown.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { Delivery } from '../exporters/delivery.ts'
import { contain } from './contain.ts'
import { PeriodicReader } from './periodic-reader.ts'
import { foreignFlush, type Pipeline, settleAll } from './pipeline.ts'
import type { ProxyMeterProvider } from './proxy-meter-provider.ts'

export interface MetricsParts {
  readonly config: Config
  readonly resource: Resource
  /** Each has collections of its own. */
  readonly deliveries: readonly Delivery<ResourceMetrics>[]
  /** Readers that bring their own way out, such as a Prometheus server. */
  readonly readers: readonly MetricReader[]
  /** In place since `@org/otel` was imported, where it was. */
  readonly proxy: ProxyMeterProvider | undefined
  readonly report: Report
}

export interface MetricsPipeline extends Pipeline {
  readonly provider: MeterProvider
  /** Hands over what the app did up to now, for an end that no promise survives. */
  collectLast(): void
}

export function createMetrics(parts: MetricsParts): MetricsPipeline {
  const { config, resource, deliveries, readers, proxy, report } = parts
  const given = (config.code.metricReaders ?? []).map(reader => contain('metricReaders', reader, report))
  const ways = deliveries.map(delivery => ({
    delivery,
    reader: new PeriodicReader({
      delivery,
      intervalMs: config.metrics.intervalMs,
      timeoutMs: config.metrics.timeoutMs,
      onError: (instruments, reason) =>
        report(createProblem('callback-failed', { instruments, reason: describeThrown(reason) })),
    }),
  }))
  const provider = new MeterProvider({
    resource,
    views: createViews(config.code.views ?? [], report),
    readers: [...given, ...readers, ...ways.map(({ reader }) => reader)],
    sdkMetricsEnabled: true,
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
    // Not the provider's: it knows no deadline.
    flush: timeoutMs => settleAll(ways.map(way => () => way.reader.flush(timeoutMs))),
    shutdown: timeoutMs => settleAll([...ways.map(way => () => way.reader.end(timeoutMs)), () => provider.shutdown()]),
    flushForeign: foreignFlush(given),
    collectLast() {
      for (const { delivery, reader } of ways) {
        const collected = reader.collectLast()
        if (collected !== undefined) delivery.push(collected)
      }
    },
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
