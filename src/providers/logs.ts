import { logs } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { Config } from '../config/config.ts'
import { batchOptions } from './batch-options.ts'
import type { Pipeline } from './pipeline.ts'

export interface LogsParts {
  readonly config: Config
  readonly resource: Resource
  readonly exporters: readonly LogRecordExporter[]
}

export function createLogs({ config, resource, exporters }: LogsParts): Pipeline & { provider: LoggerProvider } {
  const provider = new LoggerProvider({
    resource,
    processors: [
      ...(config.code.logRecordProcessors ?? []),
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
