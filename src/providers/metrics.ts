import { metrics } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  type MetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import type { Config } from '../config/config.ts'
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
}

export function createMetrics(parts: MetricsParts): Pipeline & { provider: MeterProvider } {
  const { config, resource, exporters, readers, proxy } = parts
  const provider = new MeterProvider({
    resource,
    views: [...(config.code.views ?? [])],
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
