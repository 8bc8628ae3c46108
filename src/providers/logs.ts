import { logs } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { Config } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { batchOptions } from './batch-options.ts'
import { contain } from './contain.ts'
import type { Pipeline } from './pipeline.ts'

export interface LogsParts {
  readonly config: Config
  readonly resource: Resource
  readonly exporters: readonly LogRecordExporter[]
  readonly report: Report
}

export function createLogs(parts: LogsParts): Pipeline & { provider: LoggerProvider } {
  const { config, resource, exporters, report } = parts
  const given = config.code.logRecordProcessors ?? []
  const provider = new LoggerProvider({
    resource,
    processors: [
      ...given.map(processor => contain('logRecordProcessors', processor, report)),
      ...exporters.map(exporter => new BatchLogRecordProcessor(batchOptions(exporter, config.logs.batch))),
    ],
  })
  return {
    provider,
    install: () => logs.setGlobalLoggerProvider(provider),
    uninstall: () => logs.disable(),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  }
}
