import { logs } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Config } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import type { Delivery } from '../exporters/delivery.ts'
import { contain } from './contain.ts'
import { foreignFlush, type Pipeline, settleAll } from './pipeline.ts'

export interface LogsParts {
  readonly config: Config
  readonly resource: Resource
  readonly deliveries: readonly Delivery<ReadableLogRecord>[]
  readonly report: Report
}

export function createLogs(parts: LogsParts): Pipeline & { provider: LoggerProvider } {
  const { config, resource, deliveries, report } = parts
  const given = (config.code.logRecordProcessors ?? []).map(own => contain('logRecordProcessors', own, report))
  const provider = new LoggerProvider({ resource, processors: [...given, ...deliveries.map(createProcessor)] })
  return {
    provider,
    install: () => logs.setGlobalLoggerProvider(provider),
    uninstall: () => logs.disable(),
    // Not the provider's: its timers hold the process for as long as a processor takes.
    flush: timeoutMs => settleAll(deliveries.map(delivery => () => delivery.flush(timeoutMs))),
    shutdown: () => provider.shutdown(),
    flushForeign: foreignFlush(given),
  }
}

function createProcessor(delivery: Delivery<ReadableLogRecord>): LogRecordProcessor {
  return {
    onEmit: record => delivery.push(record),
    forceFlush: () => delivery.flush(),
    shutdown: () => delivery.flush(),
  }
}
