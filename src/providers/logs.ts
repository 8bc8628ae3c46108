import { logs } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
  type LogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import type { Config } from '../config/config.ts'
import type { Pipeline } from './pipeline.ts'

export interface LogsParts {
  readonly config: Config
  readonly resource: Resource
  readonly exporters: readonly LogRecordExporter[]
}

export function createLogs({ config, resource, exporters }: LogsParts): Pipeline & { provider: LoggerProvider } {
  const { batch } = config.logs
  const provider = new LoggerProvider({
    resource,
    processors: [
      ...(config.code.logRecordProcessors ?? []),
      ...exporters.map(
        (exporter): LogRecordProcessor =>
          new BatchLogRecordProcessor({
            exporter,
            maxQueueSize: batch.maxQueueSize,
            maxExportBatchSize: batch.maxExportBatchSize,
            scheduledDelayMillis: batch.scheduledDelayMs,
            exportTimeoutMillis: batch.exportTimeoutMs,
          }),
      ),
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
