import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { Config } from '../config/config.ts'
import type { EnvironmentCarrier } from '../config/environment-carrier.ts'
import type { Report } from '../diagnostics/problem.ts'
import type { Exporters } from '../exporters/create-exporters.ts'
import type { Beforehand } from './beforehand.ts'
import { connectApiCopies } from './connect-api-copies.ts'
import { containSdk } from './contain-sdk.ts'
import { createLogs } from './logs.ts'
import { createMetrics } from './metrics.ts'
import { type Pipeline, settleAll } from './pipeline.ts'
import { createPropagation } from './propagators.ts'
import { quickenLogs } from './quicken-logs.ts'
import { quickenMetrics } from './quicken-metrics.ts'
import { quickenSpans } from './quicken-spans.ts'
import { installSelfMetrics } from './self-metrics.ts'
import { createTraces } from './traces.ts'

export interface SignalsParts {
  readonly config: Config
  /** The context in which this process was started. */
  readonly carrier: EnvironmentCarrier
  readonly resource: Resource
  readonly exporters: Exporters
  readonly beforehand: Beforehand
  readonly report: Report
}

export interface Signals {
  readonly providers: {
    readonly traces: TracerProvider
    readonly metrics: MeterProvider
    readonly logs: LoggerProvider
  }
  /** Registers all of it with the API, or nothing: then it returns false. */
  install(): boolean
  /** Sends what is queued. Never rejects; resolves when nothing more can be done within `timeoutMs`, or later. */
  flush(timeoutMs: number): Promise<void>
  /** The same for good. */
  shutdown(timeoutMs: number): Promise<void>
  /** Hands over what has been measured up to now, for an end that no promise survives. */
  collectLast(): void
  /** The part of `flush` that knows no deadline; undefined where nothing of somebody else's works in them. */
  readonly flushForeign: (() => Promise<void>) | undefined
}

/** Traces, metrics, logs, and the context that connects them. */
export function createSignals(parts: SignalsParts): Signals {
  const { config, carrier, resource, exporters, beforehand, report } = parts
  const propagation = createPropagation(config, carrier)
  const traces = createTraces({ config, resource, deliveries: exporters.traces, report })
  const metrics = createMetrics({
    config,
    resource,
    deliveries: exporters.metrics,
    readers: exporters.metricReaders,
    proxy: beforehand.meterProxy,
    report,
  })
  const logs = createLogs({ config, resource, deliveries: exporters.logs, report })
  installSelfMetrics(metrics.provider, exporters.books)
  for (const quicken of [quickenSpans, quickenMetrics, quickenLogs]) quicken()
  containSdk(report)
  const pipelines = [traces, metrics, logs]
  const foreign = pipelines.flatMap(({ flushForeign }) => flushForeign ?? [])
  const providers = { traces: traces.provider, metrics: metrics.provider, logs: logs.provider }
  return {
    providers,
    install() {
      if (!installAll([propagation, traces, metrics, logs])) return false
      connectApiCopies(providers, beforehand)
      return true
    },
    flush: timeoutMs => settleAll([...foreign, ...pipelines.map(pipeline => () => pipeline.flush(timeoutMs))]),
    shutdown: timeoutMs => settleAll(pipelines.map(pipeline => () => pipeline.shutdown(timeoutMs))),
    collectLast: () => metrics.collectLast(),
    flushForeign: foreign.length > 0 ? () => settleAll(foreign) : undefined,
  }
}

function installAll(parts: readonly Pick<Pipeline, 'install' | 'uninstall'>[]): boolean {
  const failed = parts.findIndex(part => !part.install())
  if (failed === -1) return true
  for (const part of parts.slice(0, failed)) part.uninstall()
  return false
}
