import { ConsoleLogRecordExporter, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { ConsoleMetricExporter, type MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Config, OtlpConfig } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createBatchQueue } from './batch-queue.ts'
import { createDelivery, type Delivery, type DeliveryParts } from './delivery.ts'
import { createExporterSender } from './exporter-sender.ts'
import { createLatestQueue } from './latest-queue.ts'
import { createOptionalExporter } from './optional.ts'
import { createOtlpSender, logs, metrics, otlpExporterType, type OtlpSignal, traces } from './otlp.ts'
import { overseeDeliveries, type Oversight } from './oversee-deliveries.ts'
import type { Sender } from './sender.ts'
import { tellDelivery } from './tell-delivery.ts'
import { createZipkinSender, type ZipkinExporter } from './zipkin-sender.ts'

export interface ExportersParts {
  readonly config: Config
  readonly userAgent: string
  readonly report: Report
}

/** The ways out of this process, each with its queue and its books. */
export interface Exporters extends Oversight {
  readonly traces: readonly Delivery<ReadableSpan>[]
  readonly metrics: readonly Delivery<ResourceMetrics>[]
  readonly logs: readonly Delivery<ReadableLogRecord>[]
  /** Exporters that are asked for their metrics instead of sending them. */
  readonly metricReaders: readonly MetricReader[]
}

/** How one exporter speaks, and what it is called. */
interface Way<Items> extends Pick<DeliveryParts<never, Items>, 'exporterType' | 'url'> {
  readonly sender: Sender<Items>
}

/** Everything that the configuration names, for all signals. What cannot be had is reported and left out. */
export function createExporters({ config, userAgent, report }: ExportersParts): Exporters {
  const spanWays: Ways<Config['traces']['exporters'][number], ReadableSpan[]> = {
    otlp: () => otlp(traces, config.traces.otlp, userAgent),
    console: () => local('console_span_exporter', new ConsoleSpanExporter()),
    zipkin() {
      const { zipkinUrl: url } = config.traces
      const exporter = createOptionalExporter<ZipkinExporter>('zipkin', { url }, report)
      const exporterType = 'zipkin_http_span_exporter'
      return exporter && { exporterType, url, sender: createZipkinSender(exporter, url, userAgent) }
    },
  }
  const metricWays: Ways<Config['metrics']['exporters'][number], ResourceMetrics> = {
    otlp: () => otlp(metrics, config.metrics.otlp, userAgent),
    console: () => local('console_metric_exporter', new ConsoleMetricExporter()),
    prometheus: () => undefined,
  }
  const metricReaders: Makers<Config['metrics']['exporters'][number], MetricReader> = {
    otlp: () => undefined,
    console: () => undefined,
    prometheus: () => createOptionalExporter('prometheus', config.metrics.prometheus, report),
  }
  const logWays: Ways<Config['logs']['exporters'][number], ReadableLogRecord[]> = {
    otlp: () => otlp(logs, config.logs.otlp, userAgent),
    console: () => local('console_log_exporter', new ConsoleLogRecordExporter()),
  }
  const ways = {
    traces: make(spanWays, config.traces.exporters).map(way =>
      createDelivery({ ...way, ...batching(config.traces.batch), signal: 'traces', onSettled: tellDelivery(report) }),
    ),
    metrics: make(metricWays, config.metrics.exporters).map(way =>
      createDelivery({
        ...way,
        signal: 'metrics',
        capacity: undefined,
        queue: createLatestQueue<ResourceMetrics>(collected => metrics.counting.countItems(collected)),
        lingerMs: 0,
        timeoutMs: config.metrics.timeoutMs,
        onSettled: tellDelivery(report),
      }),
    ),
    logs: make(logWays, config.logs.exporters).map(way =>
      createDelivery({ ...way, ...batching(config.logs.batch), signal: 'logs', onSettled: tellDelivery(report) }),
    ),
  }
  return {
    ...ways,
    ...overseeDeliveries([...ways.traces, ...ways.metrics, ...ways.logs], report),
    metricReaders: make(metricReaders, config.metrics.exporters),
  }
}

type Makers<Name extends string, Made> = Readonly<Record<Name, () => Made | undefined>>
type Ways<Name extends string, Items> = Makers<Name, Way<Items>>

function make<Name extends string, Made>(makers: Makers<Name, Made>, names: readonly Name[]): readonly Made[] {
  return names.map(name => makers[name]()).filter(made => made !== undefined)
}

function otlp<Items>(signal: OtlpSignal<Items>, config: OtlpConfig, userAgent: string): Way<Items> {
  const exporterType = otlpExporterType(signal, config)
  return { exporterType, url: config.url, sender: createOtlpSender(signal, config, userAgent) }
}

function local<Items>(exporterType: string, exporter: Parameters<typeof createExporterSender<Items>>[0]): Way<Items> {
  return { exporterType, url: undefined, sender: createExporterSender(exporter) }
}

function batching<Entry>(
  batch: Config['traces']['batch'],
): Pick<DeliveryParts<Entry, Entry[]>, 'queue' | 'capacity' | 'lingerMs' | 'timeoutMs'> {
  return {
    queue: createBatchQueue<Entry>(batch),
    capacity: batch.maxQueueSize,
    lingerMs: batch.scheduledDelayMs,
    timeoutMs: batch.exportTimeoutMs,
  }
}
