import { createRequire } from 'node:module'
import { ConsoleLogRecordExporter, type LogRecordExporter } from '@opentelemetry/sdk-logs'
import { ConsoleMetricExporter, type MetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Config, OtlpConfig } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { createFailSafeExporter, type Ledger } from './fail-safe.ts'
import { countItems, createOtlpExporter, logs, metrics, traces } from './otlp.ts'

export interface ExportersParts {
  readonly config: Config
  readonly userAgent: string
  readonly report: Report
}

export interface Exporters {
  readonly spans: readonly SpanExporter[]
  readonly metrics: readonly PushMetricExporter[]
  readonly metricReaders: readonly MetricReader[]
  readonly logs: readonly LogRecordExporter[]
  readonly ledgers: Readonly<Record<'traces' | 'metrics' | 'logs', Readonly<Ledger>>>
}

/** Everything that the configuration names, for all signals. What cannot be had is reported and left out. */
export function createExporters(parts: ExportersParts): Exporters {
  const { config } = parts
  const ledgers = { traces: emptyLedger(), metrics: emptyLedger(), logs: emptyLedger() }

  function otlp<Items>(name: keyof typeof ledgers, signal: Parameters<typeof createOtlpExporter<Items>>[0]) {
    const ledger = ledgers[name]
    return createFailSafeExporter<Items>({
      exporter: createOtlpExporter(signal, config[name].otlp, parts.userAgent),
      ledger,
      countItems: items => countItems(signal, items),
      onChange: ({ failing }) => parts.report(deliveryProblem(name, config[name].otlp, ledger, failing)),
    })
  }

  const spanExporters = {
    otlp: () => otlp('traces', traces) as SpanExporter,
    console: () => new ConsoleSpanExporter(),
    zipkin: () => createFrom<SpanExporter>(parts, '@opentelemetry/exporter-zipkin', 'ZipkinExporter'),
  }
  const metricExporters = {
    otlp: () => otlp('metrics', metrics) as PushMetricExporter,
    console: () => new ConsoleMetricExporter(),
    prometheus: () => undefined, // is a reader
  }
  const logExporters = {
    otlp: () => otlp('logs', logs) as LogRecordExporter,
    console: () => new ConsoleLogRecordExporter(),
  }
  return {
    spans: config.traces.exporters.map(name => spanExporters[name]()).filter(exists),
    metrics: config.metrics.exporters.map(name => metricExporters[name]()).filter(exists),
    metricReaders: config.metrics.exporters
      .map(name =>
        name === 'prometheus'
          ? createFrom<MetricReader>(parts, '@opentelemetry/exporter-prometheus', 'PrometheusExporter')
          : undefined,
      )
      .filter(exists),
    logs: config.logs.exporters.map(name => logExporters[name]()).filter(exists),
    ledgers,
  }
}

/** From a package that is not in our bundle: an optional dependency, or one that such a dependency brings along. */
function createFrom<T>({ report }: ExportersParts, packageName: string, className: string): T | undefined {
  const requireHere = createRequire(import.meta.url)
  for (const from of [requireHere, viaSdkNode(requireHere)]) {
    try {
      const Class = (from?.(packageName) as Record<string, new () => T> | undefined)?.[className]
      if (Class !== undefined) return new Class()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  report(createProblem('not-installed', { feature: `the exporter ${className}`, packageName }))
  return undefined
}

function viaSdkNode(requireHere: NodeJS.Require): NodeJS.Require | undefined {
  try {
    return createRequire(requireHere.resolve('@opentelemetry/sdk-node'))
  } catch {
    return undefined
  }
}

function deliveryProblem(signal: string, { url }: OtlpConfig, ledger: Readonly<Ledger>, failing: boolean) {
  const target = new URL(url)
  const endpoint = target.origin + (target.pathname === '/' ? '' : target.pathname) // no query: it may hold a token
  return failing
    ? createProblem('export-failing', { signal, endpoint, reason: ledger.lastError ?? 'unknown error' })
    : createProblem('export-recovered', { signal, endpoint, lost: ledger.failed })
}

function emptyLedger(): Ledger {
  return { sent: 0, failed: 0, lastError: undefined, lastSuccess: undefined }
}

function exists<T>(value: T | undefined): value is T {
  return value !== undefined
}
