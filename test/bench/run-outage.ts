import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OtelHealth } from '../../src/handle.ts'
import { startApp } from '../harness/app.ts'
import type { Behaviour } from '../harness/fault-server.ts'
import type { Order } from './collector.ts'

export interface OutageOptions {
  /** `ok` is no outage: what the others are compared with. */
  readonly behaviour: Behaviour
  readonly warmUpMs: number
  readonly outageMs: number
  readonly env?: Readonly<Record<string, string>>
}

export interface OutageReport {
  readonly made: number
  /** Different spans that the collector took in. */
  readonly arrived: number
  readonly heapGrowthMiB: number
  readonly delay: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }
  /** From the collector's return until it was asked to take spans. */
  readonly resumedAfterMs: number
  /** The longest that the queue was, as far as somebody looked. */
  readonly longestQueue: number
  /** At the end, after a shutdown. */
  readonly health: OtelHealth
  readonly stderr: string
}

/** What test/apps/faults/load.mjs says; not all of it at once. */
type LoadAnswer = Pick<OutageReport, 'made' | 'delay' | 'health'> & { readonly heapBytes: number }

const mib = 1024 * 1024

/** Runs the load against a collector that goes away and comes back. */
export async function runOutage(options: OutageOptions): Promise<OutageReport> {
  const { behaviour, warmUpMs, outageMs, env } = options
  await using collector = await startCollector()
  await using app = await startApp({
    file: join(import.meta.dirname, '../apps/faults/load.mjs'),
    nodeOptions: ['--expose-gc'],
    env: {
      OTEL_SERVICE_NAME: 'load',
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...env,
    },
    ready: /^ready \d+$/,
    timeoutMs: warmUpMs + outageMs + 120_000,
  })
  const [, port] = await app.waitForLine(/^ready (\d+)$/)
  const ask = async (path: string) => (await (await fetch(`http://127.0.0.1:${port}/${path}`)).json()) as LoadAnswer
  let longestQueue = 0
  const look = async () => {
    const { health } = await ask('health')
    longestQueue = Math.max(longestQueue, health.traces.queued)
    return health
  }

  await sleep(warmUpMs)
  await collector.order({ behave: behaviour })
  const before = await ask('begin')
  await sleep(outageMs / 2)
  await look()
  await sleep(outageMs / 2)
  const after = await ask('end')
  await look()

  await collector.order({ behave: 'ok' })
  const resumedAfterMs = Number(await collector.order('until spans come again'))
  while ((await look()).traces.state !== 'ok') await sleep(50)
  const { made, health } = await ask('shutdown')
  const { stderr } = await app.ended
  return {
    made,
    arrived: Number(await collector.order('count spans')),
    heapGrowthMiB: (after.heapBytes - before.heapBytes) / mib,
    delay: after.delay,
    resumedAfterMs,
    longestQueue,
    health,
    stderr,
  }
}

interface Collector extends AsyncDisposable {
  readonly url: string
  order(order: Order): Promise<unknown>
}

async function startCollector(): Promise<Collector> {
  const child = fork(join(import.meta.dirname, 'collector.ts'), { execArgv: [] })
  return {
    url: String(await nextAnswer(child)),
    async order(order) {
      const answer = nextAnswer(child)
      child.send(order)
      return answer
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function nextAnswer(child: ChildProcess): Promise<unknown> {
  const [{ answer }] = await once(child, 'message')
  return answer
}
