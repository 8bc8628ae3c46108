import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { describeThrown } from '../diagnostics/describe-thrown.ts'
import type { Outcome } from './outcome.ts'
import type { Sender } from './sender.ts'

interface SdkExporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
}

/** Any exporter made for the SDK. What it says of a failure is little: one that the system has a code for may pass. */
export function createExporterSender<Items>(exporter: SdkExporter<Items>): Sender<Items> {
  return {
    send: (items, timeoutMs) =>
      new Promise((resolve, reject) => {
        const words = `no result within ${timeoutMs} ms`
        const deadline = setTimeout(() => resolve({ kind: 'failed', reason: 'timeout', words }), timeoutMs).unref()
        try {
          exporter.export(items, result => {
            clearTimeout(deadline)
            resolve(toOutcome(result))
          })
        } catch (error) {
          clearTimeout(deadline)
          reject(error)
        }
      }),
    prepare(items) {
      let outcome: Outcome = { kind: 'failed', reason: 'timeout', words: 'the process ended before there was a result' }
      exporter.export(items, result => (outcome = toOutcome(result)))
      return outcome
    },
    abandon() {
      void exporter.shutdown().catch(() => {}) // it ends; nobody waits for it
    },
  }
}

function toOutcome({ code, error }: ExportResult): Outcome {
  if (code === ExportResultCode.SUCCESS) return { kind: 'sent', rejected: 0 }
  const words = describeThrown(error ?? 'unknown error')
  return error !== undefined && 'code' in error && typeof error.code === 'string'
    ? { kind: 'failed', reason: 'unreachable', words }
    : { kind: 'refused', reason: 'export_failed', words }
}
