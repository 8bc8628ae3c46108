import { ConsoleLogRecordExporter, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { ConsoleMetricExporter, type MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Config } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { OtelHealth } from '../handle.ts'
import { createBatchQueue } from './batch-queue.ts'
import type { Books } from './books.ts'
import { createDelivery, type Delivery, type DeliveryParts } from './delivery.ts'
import { createExporterSender } from './exporter-sender.ts'
import { createLatestQueue } from './latest-queue.ts'
import { describeHealth } from './health.ts'
import { createOptionalExporter } from './optional.ts'
import { createOtlpSender, logs, metrics, otlpExporterType, traces } from './otlp.ts'
import { sayLastWords } from './say-last-words.ts'
import type { Sender } from './sender.ts'
import { describeLosses, tellDelivery } from './tell-delivery.ts'

export interface ExportersParts {
  readonly config: Config
  readonly userAgent: string
  readonly report: Report
}

/** The ways out of this process, each with its queue and its books. */
export interface Exporters {
  readonly traces: readonly Delivery<ReadableSpan>[]
  readonly metrics: readonly Delivery<ResourceMetrics>[]
  readonly logs: readonly Delivery<ReadableLogRecord>[]
  /** Exporters that are asked for their metrics instead of sending them. */
  readonly metricReaders: readonly MetricReader[]
  readonly books: readonly Books[]
  health(): Pick<OtelHealth, 'traces' | 'metrics' | 'logs'>
  /** Delivers what is left, and what is collected now, while this thread waits, and tells what could not be. */
  sayLastWords(timeoutMs: number, collect: () => void): void
  /** Ends for good: what is left is given up, and told. */
  close(): void
}

/** How one exporter speaks, and what it is called. */
interface Way<Items> extends Pick<DeliveryParts<never, Items>, 'exporterType' | 'url'> {
  readonly sender: Sender<Items>
}

/** Everything that the configuration names, for all signals. What cannot be had is reported and left out. */
export function createExporters({ config, userAgent, report }: ExportersParts): Exporters {
  const spanWays: Ways<Config['traces']['exporters'][number], ReadableSpan[]> = {
    otlp: () => ({
      exporterType: otlpExporterType(traces, config.traces.otlp),
      url: config.traces.otlp.url,
      sender: createOtlpSender(traces, config.traces.otlp, userAgent),
    }),
    console: () => local('console_span_exporter', new ConsoleSpanExporter()),
    zipkin() {
      const { zipkinUrl: url } = config.traces
      const exporter = createOptionalExporter<SpanExporter>('zipkin', { url }, report)
      return (
        exporter && { exporterType: 'zipkin_http_span_exporter', url, sender: createExporterSender(exporter, true) }
      )
    },
  }
  const metricWays: Ways<Config['metrics']['exporters'][number], ResourceMetrics> = {
    otlp: () => ({
      exporterType: otlpExporterType(metrics, config.metrics.otlp),
      url: config.metrics.otlp.url,
      sender: createOtlpSender(metrics, config.metrics.otlp, userAgent),
    }),
    console: () => local('console_metric_exporter', new ConsoleMetricExporter()),
    prometheus: () => undefined,
  }
  const metricReaders: Makers<Config['metrics']['exporters'][number], MetricReader> = {
    otlp: () => undefined,
    console: () => undefined,
    prometheus: () => createOptionalExporter('prometheus', config.metrics.prometheus, report),
  }
  const logWays: Ways<Config['logs']['exporters'][number], ReadableLogRecord[]> = {
    otlp: () => ({
      exporterType: otlpExporterType(logs, config.logs.otlp),
      url: config.logs.otlp.url,
      sender: createOtlpSender(logs, config.logs.otlp, userAgent),
    }),
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
  const all: readonly Delivery<never>[] = [...ways.traces, ...ways.metrics, ...ways.logs]
  const books = all.map(delivery => delivery.books)

  function tellLosses(): void {
    const losses = describeLosses(books)
    if (losses !== undefined) report(createProblem('lost-at-exit', { losses }))
  }

  return {
    ...ways,
    metricReaders: make(metricReaders, config.metrics.exporters),
    books,
    health: () => ({
      traces: describeHealth(books.filter(({ signal }) => signal === 'traces')),
      metrics: describeHealth(books.filter(({ signal }) => signal === 'metrics')),
      logs: describeHealth(books.filter(({ signal }) => signal === 'logs')),
    }),
    sayLastWords(timeoutMs, collect) {
      sayLastWords(all, timeoutMs, collect)
      tellLosses()
    },
    close() {
      for (const delivery of all) delivery.close()
      tellLosses()
    },
  }
}

type Makers<Name extends string, Made> = Readonly<Record<Name, () => Made | undefined>>
type Ways<Name extends string, Items> = Makers<Name, Way<Items>>

function make<Name extends string, Made>(makers: Makers<Name, Made>, names: readonly Name[]): readonly Made[] {
  return names.map(name => makers[name]()).filter(made => made !== undefined)
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
