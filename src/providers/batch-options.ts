import type { BatchConfig } from '../config/config.ts'

/** Our words for batching in those of the SDK's processors. */
export function batchOptions<Exporter>(
  exporter: Exporter,
  batch: BatchConfig,
): {
  exporter: Exporter
  maxQueueSize: number
  maxExportBatchSize: number
  scheduledDelayMillis: number
  exportTimeoutMillis: number
} {
  return {
    exporter,
    maxQueueSize: batch.maxQueueSize,
    maxExportBatchSize: batch.maxExportBatchSize,
    scheduledDelayMillis: batch.scheduledDelayMs,
    exportTimeoutMillis: batch.exportTimeoutMs,
  }
}
