import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Stage } from '../../demo-kit/stage.ts'

/** What autotel-devtools gives back of what it received; only the fields that the demo reads. */
export interface Span {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: string
  readonly startTime: number
  readonly duration: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code: string }
}
export interface LogLine {
  readonly resourceName: string
  readonly severityText: string
  readonly body: string
  readonly timestamp: number
  readonly attributes: Readonly<Record<string, unknown>>
}
export interface Series {
  readonly name: string
  readonly unit?: string
  readonly service: string
  readonly points: readonly { readonly value?: number; readonly count?: number; readonly sum?: number }[]
}

/** The newest values of these series added up: which attributes they have does not matter here. */
export function addUp(series: readonly Series[], field: 'value' | 'count' | 'sum'): number {
  return series.reduce((total, { points }) => total + (points.at(-1)?.[field] ?? 0), 0)
}

/** What arrived of one trace, and every metric that was asked for. */
export interface Arrived {
  readonly spans: readonly Span[]
  readonly logs: readonly LogLine[]
  readonly series: readonly Series[]
  /** Of all metrics that arrived, asked for or not. */
  readonly metricNames: readonly string[]
}

export interface Receiver {
  /** Takes OTLP over HTTP, and is the page to look at. */
  readonly url: string
  read(traceId: string, metrics: readonly string[]): Promise<Arrived>
}

interface Answer {
  readonly traces: readonly { readonly spans: readonly Span[] }[]
  readonly logs: readonly LogLine[]
  readonly metrics: readonly { readonly name: string }[]
  readonly series: readonly Series[]
}

/** Somebody else's receiver, so that what the demo prints is what really arrived. It keeps everything in memory. */
export async function startReceiver(stage: Stage): Promise<Receiver> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('autotel-devtools')), 'cli.js')
  const program = stage.run({
    name: 'autotel-devtools',
    command: process.execPath,
    args: [cli, '--host', '127.0.0.1', '--port', '0', '--grpc-port', '0', '--title', 'orders demo'],
    env: process.env,
    stopSignal: 'SIGKILL', // it waits for open pages otherwise, and has nothing to lose
  })
  const url = await program.line(line => /UI:\s+(http:\S+)/.exec(line)?.[1])

  const ask = async (path: string, query?: object) => {
    const response = await fetch(url + path, {
      signal: AbortSignal.any([stage.signal, AbortSignal.timeout(3000)]),
      ...(query && { method: 'POST', body: JSON.stringify(query) }),
    })
    if (!response.ok) throw new Error(`autotel-devtools answers ${response.status} on ${path}`)
    return (await response.json()) as Answer
  }

  return {
    url,
    async read(traceId, metrics) {
      const query = `trace_id = "${traceId}"`
      const [{ traces }, { logs }, { metrics: all }, ...answers] = await Promise.all([
        ask('/api/query/traces', { query, limit: 1 }),
        ask('/api/query/logs', { query }),
        ask('/api/metrics'),
        ...metrics.map(name => ask('/api/query/metrics', { name })),
      ])
      return {
        spans: traces[0]?.spans ?? [],
        logs,
        series: answers.flatMap(({ series }) => series),
        metricNames: all.map(({ name }) => name),
      }
    },
  }
}
