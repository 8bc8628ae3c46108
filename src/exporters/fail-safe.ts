import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { Exporter } from './exporter.ts'

/** What became of the records of one signal. */
export interface Ledger {
  sent: number
  failed: number
  lastError: string | undefined
  lastSuccess: Date | undefined
}

export interface FailSafeOptions<Items> {
  readonly exporter: Exporter<Items>
  readonly ledger: Ledger
  readonly countItems: (items: Items) => number
  /** Told once when exports begin to fail and once when they succeed again. */
  readonly onChange: (change: { failing: boolean; ledger: Readonly<Ledger> }) => void
}

/** Keeps the books of an exporter, and contains whatever it throws. */
export function createFailSafeExporter<Items>(options: FailSafeOptions<Items>): Exporter<Items> {
  const { exporter, ledger, countItems, onChange } = options
  let failing = false

  function settle(count: number, result: ExportResult): void {
    const failed = result.code !== ExportResultCode.SUCCESS
    if (failed) {
      ledger.failed += count
      ledger.lastError = describeError(result.error)
    } else {
      ledger.sent += count
      ledger.lastSuccess = new Date()
    }
    if (failed === failing) return
    failing = failed
    onChange({ failing, ledger })
  }

  return {
    export(items, done) {
      const count = countItems(items)
      let settled = false
      const finish = (result: ExportResult): void => {
        if (settled) return
        settled = true
        settle(count, result)
        done(result)
      }
      try {
        exporter.export(items, finish)
      } catch (error) {
        finish({ code: ExportResultCode.FAILED, error: error as Error })
      }
    },
    forceFlush: () => contained(() => exporter.forceFlush()),
    shutdown: () => contained(() => exporter.shutdown()),
  }
}

async function contained(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch {
    // the failed export itself has been counted and told
  }
}

/** Node reports a refused connection to a name with several addresses as an AggregateError without a message. */
function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors[0])
  if (!(error instanceof Error)) return error === undefined ? 'unknown error' : String(error)
  const { code } = error as { code?: unknown } // a name for errors of the system, the HTTP status for answers
  const status = typeof code === 'number' ? `HTTP status ${code}` : undefined
  return [status, error.message || (typeof code === 'string' ? code : error.name)]
    .filter(part => part !== undefined)
    .join(': ')
}
