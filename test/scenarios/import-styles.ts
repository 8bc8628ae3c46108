import { join } from 'node:path'
import { inject } from 'vitest'
import type { ReceivedMetric, ReceivedSpan } from '../../src/testing.ts'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, runApp } from '../harness/app.ts'

/** The programs that do one and the same in different ways: they all end in operate.mjs. */
export const programs: string = join(import.meta.dirname, '../apps/import-styles')

/** The requests of operate.mjs, to its own servers. */
export const requestSpans: string = `
CLIENT GET /orders/7
  SERVER GET /orders/:id
    CLIENT GET /fetch
      SERVER GET /fetch
    CLIENT GET /http-get
      SERVER GET /http-get
    CLIENT GET /http-request
      SERVER GET /http-request
    CLIENT GET /https-get
      SERVER GET /https-get
    CLIENT GET /https-request
      SERVER GET /https-request
`

/** Each operation of operate.mjs, once; those side by side in the order of the alphabet. */
const spans = `${requestSpans}    CLIENT get ioredis
    CLIENT get late
    CLIENT pg.query:SELECT postgres SELECT 1
    CLIENT pg.query:SELECT postgres SELECT 2
    CLIENT pg.query:SELECT postgres SELECT 3
    CLIENT pg.query:SELECT postgres SELECT 4
    CLIENT pg.query:SELECT postgres SELECT 6
    CLIENT redis-GET redis
    PRODUCER add fulfilment
      CLIENT evalsha
      CONSUMER process fulfilment
        CLIENT evalsha
        CLIENT pg.query:SELECT postgres SELECT 5
`

const loggers = ['bunyan', 'pino', 'winston']

/** What came of a program. */
export interface Observation {
  readonly code: number | null
  readonly stderr: string
  readonly spans: string
  /** How many there were, by metric. */
  readonly measurements: Readonly<Record<string, number>>
  /** What was printed, and the span whose ids are in it. */
  readonly lines: readonly string[]
  readonly records: readonly string[]
}

/** What comes of a program in which everything is recorded once. */
export const oneOfEach: Observation = {
  code: 0,
  stderr: '',
  spans,
  measurements: {
    'http.client.request.duration': 6,
    'http.server.request.duration': 6,
    'db.client.operation.duration': 6,
    'messaging.process.duration': 1,
  },
  lines: loggers.map(() => 'order taken in GET /orders/:id'),
  records: loggers.map(logger => `@org/otel/${logger}: order taken in GET /orders/:id`),
}

/** Runs one of the programs. */
export async function observe(options: AppOptions): Promise<Observation> {
  await using receiver = await startReceiver()
  const { pgUrl, redisUrl } = inject('services')
  const env = {
    ...receiver.env,
    OTEL_SERVICE_NAME: 'import-styles',
    PG_URL: pgUrl,
    REDIS_URL: redisUrl,
  }
  const { code, stdout, stderr } = await runApp({ ...options, env: { ...env, ...options.env } })
  const all = receiver.spans()
  const nameOf = (traceId: unknown, spanId: unknown) =>
    all.find(span => span.traceId === traceId && span.spanId === spanId)?.name ?? 'no span'
  return {
    code,
    stderr,
    spans: describeSpans(all),
    measurements: Object.fromEntries(
      Object.keys(oneOfEach.measurements).map(name => [name, countMeasurements(receiver.metrics(), name)]),
    ),
    lines: stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line || '{}'))
      .map(line => `${line.msg ?? line.message} in ${nameOf(line.trace_id, line.span_id)}`),
    records: receiver
      .logs()
      .map(({ scope, body, traceId, spanId }) => `${scope.name}: ${String(body)} in ${nameOf(traceId, spanId)}`)
      .toSorted(),
  }
}

function describeSpans(spans: readonly ReceivedSpan[]): string {
  const below = (parent: string | undefined): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map(span => [describeSpan(span), ...below(span.spanId).map(line => `  ${line}`)].join('\n'))
      .toSorted()
      .flatMap(text => text.split('\n'))
  return ['', ...below(undefined), ''].join('\n')
}

function describeSpan({ kind, name, attributes }: ReceivedSpan): string {
  const url = attributes['url.full']
  const path = typeof url === 'string' ? new URL(url).pathname : attributes['url.path']
  const text = String(path ?? attributes['db.query.text'] ?? '').replace(/^get |^evalsha.*/i, '')
  const what = attributes['http.route'] === undefined ? text : '' // the name has the route
  return `${kind} ${name} ${what}`.trimEnd()
}

function countMeasurements(metrics: readonly ReceivedMetric[], name: string): number {
  const points = metrics.filter(metric => metric.name === name).flatMap(metric => metric.points)
  return points.reduce((sum, { count = 0 }) => sum + count, 0)
}
