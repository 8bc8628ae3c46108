import { ConsoleLogRecordExporter, type LogRecordExporter } from '@opentelemetry/sdk-logs'
import { ConsoleMetricExporter, type MetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Config, OtlpConfig } from '../config/config.ts'
import type { Problem, Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { Exporter } from './exporter.ts'
import { createFailSafeExporter, type Ledger } from './fail-safe.ts'
import { createOptionalExporter } from './optional.ts'
import { createOtlpExporter, logs, metrics, type OtlpSignal, traces } from './otlp.ts'

export interface ExportersParts {
  readonly config: Config
  readonly userAgent: string
  readonly report: Report
}

export interface Exporters {
  readonly spans: readonly SpanExporter[]
  readonly metrics: readonly PushMetricExporter[]
  /** Exporters that are asked for their metrics instead of sending them. */
  readonly metricReaders: readonly MetricReader[]
  readonly logs: readonly LogRecordExporter[]
  /** Gives up what is under way, at once: the process is about to end. */
  abandon(): void
  readonly ledgers: Readonly<Record<'traces' | 'metrics' | 'logs', Readonly<Ledger>>>
}

/** Everything that the configuration names, for all signals. What cannot be had is reported and left out. */
export function createExporters({ config, userAgent, report }: ExportersParts): Exporters {
  const abandonable: { abandon(): void }[] = []
  const ledgers = { traces: emptyLedger(), metrics: emptyLedger(), logs: emptyLedger() }

  function otlp<Items>(name: keyof typeof ledgers, signal: OtlpSignal<Items>): Exporter<Items> {
    const ledger = ledgers[name]
    const exporter = createOtlpExporter(signal, config[name].otlp, userAgent)
    abandonable.push(exporter)
    return createFailSafeExporter<Items>({
      exporter,
      ledger,
      countItems: items => signal.counting.countItems(items),
      onChange: ({ failing }) => report(deliveryProblem(name, config[name].otlp, ledger, failing)),
    })
  }

  const spanExporters: Makers<Config['traces']['exporters'][number], SpanExporter> = {
    otlp: () => otlp('traces', traces),
    console: () => new ConsoleSpanExporter(),
    zipkin: () => createOptionalExporter('zipkin', { url: config.traces.zipkinUrl }, report),
  }
  const metricExporters: Makers<Config['metrics']['exporters'][number], PushMetricExporter> = {
    otlp: () => otlp('metrics', metrics),
    console: () => new ConsoleMetricExporter(),
    prometheus: () => undefined,
  }
  const metricReaders: Makers<Config['metrics']['exporters'][number], MetricReader> = {
    otlp: () => undefined,
    console: () => undefined,
    prometheus: () => createOptionalExporter('prometheus', config.metrics.prometheus, report),
  }
  const logExporters: Makers<Config['logs']['exporters'][number], LogRecordExporter> = {
    otlp: () => otlp('logs', logs),
    console: () => new ConsoleLogRecordExporter(),
  }
  return {
    spans: make(spanExporters, config.traces.exporters),
    metrics: make(metricExporters, config.metrics.exporters),
    metricReaders: make(metricReaders, config.metrics.exporters),
    logs: make(logExporters, config.logs.exporters),
    abandon: () => abandonable.forEach(exporter => exporter.abandon()),
    ledgers,
  }
}

type Makers<Name extends string, Made> = Readonly<Record<Name, () => Made | undefined>>

function make<Name extends string, Made>(makers: Makers<Name, Made>, names: readonly Name[]): readonly Made[] {
  return names.map(name => makers[name]()).filter(made => made !== undefined)
}

function deliveryProblem(signal: string, { url }: OtlpConfig, ledger: Readonly<Ledger>, failing: boolean): Problem {
  const target = new URL(url)
  const endpoint = target.origin + (target.pathname === '/' ? '' : target.pathname) // no query: it may hold a token
  return failing
    ? createProblem('export-failing', { signal, endpoint, reason: ledger.lastError ?? 'unknown error' })
    : createProblem('export-recovered', { signal, endpoint, lost: ledger.failed })
}

function emptyLedger(): Ledger {
  return { sent: 0, failed: 0, lastError: undefined, lastSuccess: undefined }
}
