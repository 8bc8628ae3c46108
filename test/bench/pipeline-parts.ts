// One process of pipeline.ts: measures each part, and sends what it costs to who started it.
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { RPCType, setRPCMetadata } from '@opentelemetry/core'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import {
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { writeLogs } from '../../src/exporters/write-logs.ts'
import { writeSpans } from '../../src/exporters/write-spans.ts'
import { containSdk } from '../../src/providers/contain-sdk.ts'
import { createIds } from '../../src/providers/ids.ts'
import { createPropagation } from '../../src/providers/propagators.ts'
import { quickenContexts } from '../../src/providers/quicken-contexts.ts'
import { quickenLogs } from '../../src/providers/quicken-logs.ts'
import { quickenMetrics } from '../../src/providers/quicken-metrics.ts'
import { quickenSpans } from '../../src/providers/quicken-spans.ts'

const isOurs = process.argv[2] === 'ours'
const slowContext = ROOT_CONTEXT.setValue
createPropagation({ propagators: ['tracecontext', 'baggage'], processPropagation: false }, {}).install()
if (isOurs) {
  for (const quicken of [quickenSpans, quickenLogs, quickenMetrics, quickenContexts]) quicken()
  containSdk(() => {})
} else ROOT_CONTEXT.setValue = slowContext

const batchSize = 512
const spans: ReadableSpan[] = []
const records: ReadableLogRecord[] = []
const keep = <Item>(items: Item[], item: Item): void => {
  if (items.length === batchSize) items.length = 0
  items.push(item)
}
const ending = { forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() }
const resource = resourceFromAttributes({ 'service.name': 'bench' })

function createTracer(sampler?: Sampler) {
  const processor = { ...ending, onStart() {}, onEnd: (span: ReadableSpan) => keep(spans, span) }
  const options = { resource, spanProcessors: [processor], ...(isOurs && { idGenerator: createIds() }) }
  return new TracerProvider({ ...options, ...(sampler && { sampler }) }).getTracer('bench')
}
const sampled = createTracer()
const unsampled = createTracer(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }))
const meter = new MeterProvider({ views: [{ instrumentName: '*' }] }).getMeter('bench')
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const histogram = meter.createHistogram('duration', { advice: { explicitBucketBoundaries: boundaries } })
const onEmit = (record: ReadableLogRecord): void => keep(records, record)
const logger = new LoggerProvider({ resource, processors: [{ ...ending, onEmit }] }).getLogger('bench')

let request = 0
const spanAttributes = () => ({
  'http.request.method': 'GET',
  'url.scheme': 'http',
  'url.path': `/users/${++request % 1000}`,
  'server.address': 'localhost',
  'server.port': 8080,
  'network.peer.address': '127.0.0.1',
  'network.peer.port': 34_567,
  'network.protocol.version': '1.1',
  'user_agent.original': 'autocannon/8 (node)',
  'http.route': '/users/:id',
  'http.response.status_code': 200,
})
const metricAttributes = () => ({
  'http.request.method': 'GET',
  'url.scheme': 'http',
  'http.route': '/users/:id',
  'http.response.status_code': 200,
  'network.protocol.version': '1.1',
})
const headers = { host: 'localhost', accept: '*/*' }
const traced = { ...headers, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
const span = sampled.startSpan('GET')
const inSpan = trace.setSpan(ROOT_CONTEXT, span)
const start = (tracer: typeof sampled) =>
  tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: spanAttributes() }, ROOT_CONTEXT).end()
const emit = () =>
  logger.emit({
    body: 'done',
    severityNumber: 9,
    severityText: 'INFO',
    context: inSpan,
    attributes: metricAttributes(),
  })

for (let index = 0; index < batchSize; index++) {
  start(sampled)
  emit()
}
const [someSpans, someRecords] = [[...spans], [...records]]

const parts: Readonly<Record<string, readonly [act: () => unknown, times?: number, records?: number]>> = {
  'a span with 11 attributes, started and ended': [() => start(sampled)],
  'the same, not sampled': [() => start(unsampled)],
  'a measurement of a histogram, with 5 attributes': [() => histogram.record(0.012, metricAttributes())],
  'a log record with 5 attributes': [emit],
  'a span in a request of 512, written': [
    () => (isOurs ? writeSpans(someSpans) : ProtobufTraceSerializer.serializeRequest(someSpans)),
    100,
    batchSize,
  ],
  'a log record in a request of 512, written': [
    () => (isOurs ? writeLogs(someRecords) : ProtobufLogsSerializer.serializeRequest(someRecords)),
    100,
    batchSize,
  ],
  'extract, from headers without a trace': [() => propagation.extract(ROOT_CONTEXT, headers)],
  'extract, from a traceparent': [() => propagation.extract(ROOT_CONTEXT, traced)],
  inject: [() => propagation.inject(inSpan, {})],
  'a context with a span': [() => trace.setSpan(ROOT_CONTEXT, span)],
  'the same with the metadata of a request': [
    () => setRPCMetadata(trace.setSpan(ROOT_CONTEXT, span), { type: RPCType.HTTP, span }),
  ],
  'to run something in a context': [() => context.with(inSpan, () => context.active())],
}

/** What is made and let go at once may never be made. */
let made: unknown

/** The least of some rounds: what is more is somebody else's, or not compiled yet. */
function measure([act, times = 30_000, count = 1]: (typeof parts)[string]): number {
  let least = Infinity
  for (let round = 0; round < 8; round++) {
    const before = process.cpuUsage()
    for (let time = 0; time < times; time++) made = act()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, ((user + system) * 1000) / times / count)
  }
  return least
}

if (made === measure) throw new Error('nothing was measured')
process.send?.(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, measure(part)])))
