import { type Attributes, context } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { DataPointType, MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Books, installSelfMetrics } from '../../src/providers/self-metrics.ts'
import { startReceiver } from '../../src/testing.ts'
import { TestReader } from './test-reader.ts'
import { valuesOf } from './values-of.ts'

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function createBooks(given: Partial<Books> = {}): Writable<Books> {
  return {
    signal: 'traces',
    exporterType: 'otlp_http_span_exporter',
    url: 'http://localhost:4318/v1/traces',
    capacity: 2048,
    ended: 0,
    sent: 0,
    droppedByReason: {},
    waiting: 0,
    inFlight: 0,
    onAttempt: undefined,
    ...given,
  }
}

function start(...books: Books[]) {
  const reader = new TestReader()
  const provider = new MeterProvider({ readers: [reader] })
  const uninstall = installSelfMetrics(provider, books)
  const collect = async (): Promise<ResourceMetrics> => (await reader.collect()).resourceMetrics
  return { uninstall, collect, values: async () => valuesOf(await collect()) }
}

interface Shape {
  readonly unit: string
  readonly description: string
  readonly type: string
  readonly isMonotonic: unknown
  readonly boundaries: unknown
}

/** What a dashboard depends on, except for the values. */
function shapesOf(metrics: ResourceMetrics): Record<string, Shape> {
  const all = metrics.scopeMetrics.flatMap(scope => scope.metrics)
  return Object.fromEntries(
    all.map(metric => [
      metric.descriptor.name,
      {
        unit: metric.descriptor.unit,
        description: metric.descriptor.description,
        type: DataPointType[metric.dataPointType],
        isMonotonic: 'isMonotonic' in metric ? metric.isMonotonic : undefined,
        boundaries:
          metric.dataPointType === DataPointType.HISTOGRAM ? metric.dataPoints[0]?.value.buckets.boundaries : undefined,
      },
    ]),
  )
}

/** The SDK's own parts: of five records two are under way at once, two wait, and one is too many; and one metric. */
async function runTheSdk(endpoint: string): Promise<ResourceMetrics> {
  const reader = new TestReader()
  const selfObsMeterProvider = new MeterProvider({ readers: [reader] })
  const batching = { maxQueueSize: 2, maxExportBatchSize: 2, selfObsMeterProvider }
  const traceExporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, selfObsMeterProvider })
  const logExporter = new OTLPLogExporter({ url: `${endpoint}/v1/logs`, selfObsMeterProvider })
  const spans = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ ...batching, exporter: traceExporter })],
  })
  const logs = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ ...batching, exporter: logExporter })] })
  for (let n = 0; n < 5; n++) {
    spans.getTracer('t').startSpan('s').end()
    logs.getLogger('l').emit({ body: 'b', context: context.active() })
  }
  await Promise.all([spans.forceFlush(), logs.forceFlush()])

  const metricExporter = new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, selfObsMeterProvider })
  const source = new TestReader()
  new MeterProvider({ readers: [source] }).getMeter('m').createCounter('c').add(1)
  const { resourceMetrics } = await source.collect()
  await new Promise(resolve => metricExporter.export(resourceMetrics, resolve))
  return (await reader.collect()).resourceMetrics
}

let receiver: Awaited<ReturnType<typeof startReceiver>>
let theirs: ResourceMetrics
let ours: ResourceMetrics
beforeAll(async () => {
  receiver = await startReceiver()
  const endpoint = receiver.url
  theirs = await runTheSdk(endpoint)

  const queued = { capacity: 2, ended: 5, sent: 4, droppedByReason: { queue_full: 1 } }
  const of = (signal: Books['signal'], record: string, counts: Partial<Books>): Books =>
    createBooks({ signal, exporterType: `otlp_http_${record}_exporter`, url: `${endpoint}/v1/${signal}`, ...counts })
  const books = [
    of('traces', 'span', queued),
    of('logs', 'log', queued),
    of('metrics', 'metric', { capacity: undefined, ended: 1, sent: 1 }),
  ]
  const sdk = start(...books)
  const [traces, logs, metrics] = books
  for (const signal of [traces, traces, logs, logs, metrics])
    signal?.onAttempt?.({ seconds: 0.1, outcome: { kind: 'sent', rejected: 0 } })
  ours = await sdk.collect()
})
afterAll(() => receiver.close())

test('the same has happened: names, attributes and values are those of the SDK', () => {
  const anyDuration = (metrics: ResourceMetrics): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(valuesOf(metrics)).map(([name, points]) => [
        name,
        new Set(points.map(([attributes, value]) => [withoutStatus(attributes), countOf(value)])),
      ]),
    )
  expect(anyDuration(ours)).toEqual(anyDuration(theirs))
  expect(Object.keys(valuesOf(theirs)).toSorted()).toEqual([
    'otel.sdk.exporter.log.exported',
    'otel.sdk.exporter.log.inflight',
    'otel.sdk.exporter.metric_data_point.exported',
    'otel.sdk.exporter.metric_data_point.inflight',
    'otel.sdk.exporter.operation.duration',
    'otel.sdk.exporter.span.exported',
    'otel.sdk.exporter.span.inflight',
    'otel.sdk.processor.log.processed',
    'otel.sdk.processor.log.queue.capacity',
    'otel.sdk.processor.log.queue.size',
    'otel.sdk.processor.span.processed',
    'otel.sdk.processor.span.queue.capacity',
    'otel.sdk.processor.span.queue.size',
  ])
})

test('units, types and descriptions are those of the SDK, save where it departs from the conventions', () => {
  const expected = shapesOf(theirs)
  for (const what of ['exported', 'inflight']) {
    const [log, point] = [`otel.sdk.exporter.log.${what}`, `otel.sdk.exporter.metric_data_point.${what}`]
    expect([expected[log]?.unit, expected[point]?.unit]).toEqual(['{log}', '{metric_data_point}'])
    expected[log] = { ...expected[log]!, unit: '{log_record}', description: expect.any(String) }
    expected[point] = { ...expected[point]!, unit: '{data_point}', description: expect.any(String) }
  }
  expect(shapesOf(ours)).toEqual(expected)
})

test('all that we say about ourselves is in our own scope', () => {
  expect(ours.scopeMetrics.map(({ scope }) => scope.name)).toEqual(['@org/otel'])
})

/** The conventions recommend the status of the answer; our books do not have it. */
function withoutStatus(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'http.response.status_code'))
}

function countOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'count' in value ? value.count : value
}

const exporter = {
  'otel.component.type': 'otlp_http_span_exporter',
  'otel.component.name': 'otlp_http_span_exporter/0',
  'server.address': 'localhost',
  'server.port': 4318,
}
const processor = {
  'otel.component.type': 'batching_span_processor',
  'otel.component.name': 'batching_span_processor/0',
}

test('the books are read when metrics are collected', async () => {
  const books = createBooks()
  const { values } = start(books)
  Object.assign(books, { ended: 100, sent: 40, droppedByReason: { queue_full: 5, rejected: 3, timeout: 2 } })
  Object.assign(books, { waiting: 30, inFlight: 20 })
  expect(await values()).toEqual({
    'otel.sdk.processor.span.processed': [
      [processor, 65],
      [{ ...processor, 'error.type': 'queue_full' }, 5],
    ],
    'otel.sdk.processor.span.queue.size': [[processor, 30]],
    'otel.sdk.processor.span.queue.capacity': [[processor, 2048]],
    'otel.sdk.exporter.span.inflight': [[exporter, 20]],
    'otel.sdk.exporter.span.exported': [
      [exporter, 40],
      [{ ...exporter, 'error.type': 'rejected' }, 3],
      [{ ...exporter, 'error.type': 'timeout' }, 2],
    ],
  })
})

test('a batch that waits again after it failed has been processed: a counter never goes back', async () => {
  const books = createBooks({ ended: 10, inFlight: 10 })
  const { values } = start(books)
  const processed = async () => (await values())['otel.sdk.processor.span.processed']
  expect(await processed()).toEqual([[processor, 10]])
  Object.assign(books, { inFlight: 0, waiting: 10 })
  expect(await processed()).toEqual([[processor, 10]])
  Object.assign(books, { ended: 15, waiting: 5, inFlight: 10 })
  expect(await processed()).toEqual([[processor, 10]])
  Object.assign(books, { waiting: 0, sent: 10, inFlight: 5 })
  expect(await processed()).toEqual([[processor, 15]])
})

test('each request is in the duration, with why it failed', async () => {
  const books = createBooks()
  const { values } = start(books)
  books.onAttempt?.({ seconds: 0.5, outcome: { kind: 'sent', rejected: 0 } })
  books.onAttempt?.({ seconds: 1.5, outcome: { kind: 'sent', rejected: 0 } })
  books.onAttempt?.({ seconds: 2, outcome: { kind: 'sent', rejected: 3 } })
  books.onAttempt?.({ seconds: 3, outcome: { kind: 'refused', reason: 'rejected', words: 'HTTP status 400' } })
  books.onAttempt?.({ seconds: 10, outcome: { kind: 'failed', reason: 'timeout', words: 'no answer' } })
  expect((await values())['otel.sdk.exporter.operation.duration']).toEqual([
    [exporter, { count: 2, sum: 2 }],
    [
      { ...exporter, 'error.type': 'rejected' },
      { count: 2, sum: 5 },
    ],
    [
      { ...exporter, 'error.type': 'timeout' },
      { count: 1, sum: 10 },
    ],
  ])
})

test('every exporter has a name and a server of its own', async () => {
  const { values } = start(
    createBooks({ url: 'https://collector.example.com/v1/traces', sent: 1 }),
    createBooks({ url: 'http://[::1]/v1/traces', sent: 2 }),
    createBooks({ url: undefined, exporterType: 'console', sent: 3 }),
    createBooks({ url: 'http://collector:4317', exporterType: 'otlp_grpc_span_exporter', sent: 4 }),
  )
  const { 'otel.sdk.exporter.span.exported': exported, 'otel.sdk.processor.span.processed': processed } = await values()
  expect(exported?.map(([attributes, value]) => [...Object.values(attributes), value])).toEqual([
    ['otlp_http_span_exporter', 'otlp_http_span_exporter/0', 'collector.example.com', 443, 1],
    ['otlp_http_span_exporter', 'otlp_http_span_exporter/1', '[::1]', 80, 2],
    ['console', 'console/0', 3],
    ['otlp_grpc_span_exporter', 'otlp_grpc_span_exporter/0', 'collector', 4317, 4],
  ])
  expect(processed?.map(([attributes]) => attributes['otel.component.name'])).toEqual(
    [0, 1, 2, 3].map(n => `batching_span_processor/${n}`),
  )
})

test('metrics have no queue', async () => {
  const { values } = start(
    createBooks({ signal: 'metrics', exporterType: 'otlp_http_metric_exporter', capacity: undefined }),
  )
  expect(Object.keys(await values())).toEqual([
    'otel.sdk.exporter.metric_data_point.inflight',
    'otel.sdk.exporter.metric_data_point.exported',
  ])
})

test('the undo takes all of it back', async () => {
  const books = createBooks({ ended: 1 })
  const reader = new TestReader()
  installSelfMetrics(new MeterProvider({ readers: [reader] }), [books])()
  expect(valuesOf((await reader.collect()).resourceMetrics)).toEqual({})
  expect(books.onAttempt).toBeUndefined()
})
