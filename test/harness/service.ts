import { join } from 'node:path'
import type { OtelHealth, SignalHealth } from '../../src/handle.ts'
import { type App, type AppResult, startApp } from './app.ts'

export interface Amounts {
  readonly spans: number
  readonly logRecords: number
  readonly counts: number
}

/** test/apps/faults/service.mjs as it runs, seen from outside. */
export interface Service extends AsyncDisposable {
  readonly app: App
  /** All that it was asked to record so far. */
  readonly recorded: Amounts
  /** Rejects where the service did not do its own work right. */
  record(amounts: Amounts): Promise<void>
  flush(timeoutMs: number): Promise<number>
  health(): Promise<OtelHealth>
  shutdown(timeoutMs: number): Promise<{ readonly tookMs: number; readonly health: OtelHealth }>
  /** Lets it run to its natural end. */
  end(): Promise<AppResult>
  /** What it has to have printed: as without telemetry. */
  readonly expectedStdout: string
}

export const signals = ['traces', 'metrics', 'logs'] as const

/** Exports often, and records nothing of its own accord but metrics. */
const busy = {
  OTEL_SERVICE_NAME: 'service',
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici',
  OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
}

export async function startService(env: Readonly<Record<string, string>>): Promise<Service> {
  const app = await startApp({
    file: join(import.meta.dirname, '../apps/faults/service.mjs'),
    env: { ...busy, ...env },
    ready: /^ready \d+$/,
    timeoutMs: 60_000,
  })
  const [ready, port] = (await app.waitForLine(/^ready (\d+)$/)) as unknown as [string, string]
  const lines: string[] = [ready]
  const recorded = { spans: 0, logRecords: 0, counts: 0 }

  async function ask<Answer>(path: string, numbers: object = {}): Promise<Answer> {
    const query = Object.entries(numbers).map(([name, value]) => `${name}=${value}`)
    const response = await fetch(`http://127.0.0.1:${port}/${path}?${query.join('&')}`)
    return (await response.json()) as Answer
  }

  return {
    app,
    recorded,
    async record(amounts) {
      const { total } = await ask<{ total: number }>('record', amounts)
      for (const what of ['spans', 'logRecords', 'counts'] as const) recorded[what] += amounts[what]
      lines.push(`counted ${amounts.counts}`)
      if (total !== recorded.counts) throw new Error(`the service counted ${total} instead of ${recorded.counts}`)
    },
    flush: async timeoutMs => (await ask<{ tookMs: number }>('flush', { timeoutMs })).tookMs,
    health: () => ask('health'),
    shutdown: timeoutMs => ask('shutdown', { timeoutMs }),
    async end() {
      await ask('end')
      return app.ended
    },
    get expectedStdout() {
      return `${lines.join('\n')}\n`
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

/** What is wrong with the accounts, in words; empty where they add up. `recorded` is what must have ended, where that is known. */
export function audit(health: OtelHealth, recorded?: Amounts): string[] {
  const known = { traces: recorded?.spans, metrics: undefined, logs: recorded?.logRecords }
  return signals.flatMap(signal => {
    const account = health[signal]
    const { ended, sent, dropped, queued, droppedByReason } = account
    const reasons = Object.values(droppedByReason).reduce((sum, count) => sum + count, 0)
    const problems = [
      ended !== sent + dropped + queued && 'ended is not sent + dropped + queued',
      dropped !== reasons && 'dropped is not the sum of its reasons',
      Object.values(account).some(value => typeof value === 'number' && !(value >= 0)) && 'a number is below 0',
      known[signal] !== undefined && ended !== known[signal] && `ended is not ${known[signal]}`,
    ]
    return problems.flatMap(problem => (problem === false ? [] : `${signal}: ${problem}: ${describe(account)}`))
  })
}

function describe({ ended, sent, dropped, droppedByReason, queued, state, lastError }: SignalHealth): string {
  return JSON.stringify({ ended, sent, dropped, droppedByReason, queued, state, lastError })
}
