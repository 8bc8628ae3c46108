import { type Attributes, diag, DiagLogLevel, ROOT_CONTEXT, type Span } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { createAllowListAttributesProcessor, MeterProvider } from '@opentelemetry/sdk-metrics'
import { type ReadableSpan, type Sampler, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test, vi } from 'vitest'
import { quickenSpans } from '../../src/providers/quicken-spans.ts'
import type { OtelOptions } from '../../src/config/options.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import type { Delivery } from '../../src/exporters/delivery.ts'
import { quickenLogs } from '../../src/providers/quicken-logs.ts'
import { quickenMetrics } from '../../src/providers/quicken-metrics.ts'
import { createTraces } from '../../src/providers/traces.ts'
import { Random } from '../harness/random.ts'
import { TestReader } from './test-reader.ts'

const names = ['a', 'b', 'c', 'd', 'e', '']
const text = ['', 'short', 'longer than the limit']
const plain = [0, -1.5, Number.NaN, true, false, null, undefined]
const lists = [['x', 'y'], ['x', 1], []]
const objects = [{ nested: { deep: 'deeper than the limit' } }, new Uint8Array([1, 2])]
const refused = [new Date(0), 1n, Symbol('s'), () => {}]
const measurable = [...text, ...plain, ...lists]
const values = [...measurable, ...objects, ...refused]

function someAttributes(random: Random): Attributes {
  return Object.fromEntries(random.list(5, () => [random.pick(names), random.pick(values)])) as Attributes
}

const warn = vi.fn<(message: string) => void>()
diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN)
function warnings(): unknown[] {
  const calls = warn.mock.calls.map(([message]) => message.replaceAll(/[0-9a-f]{16,}/g, 'id'))
  warn.mockClear()
  return calls
}

const ending = { forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() }

const isComparable = new Set([
  'name',
  'kind',
  'attributes',
  'events',
  'status',
  'startTime',
  'endTime',
  '_attributesCount',
])

/** What the SDK makes of spans: the same calls for the same seed. */
function traceRandomly(seed: number): unknown[] {
  const random = new Random(seed)
  const ended: ReadableSpan[] = []
  const processor = { ...ending, onStart() {}, onEnd: (span: ReadableSpan) => void ended.push(span) }
  const spanLimits = { attributeCountLimit: 3, attributeValueLengthLimit: 8, eventCountLimit: 2 }
  const tracer = new TracerProvider({ spanProcessors: [processor], spanLimits }).getTracer('t', '1')
  const acts: readonly ((span: Span) => unknown)[] = [
    span => span.setAttribute(random.pick(names), random.pick(values) as string),
    span => span.setAttributes(someAttributes(random)),
    span => span.setAttributes(someAttributes(random)),
    span => span.addEvent('event', someAttributes(random), 1_700_000_000_000),
    span => span.setStatus({ code: 2, message: 'no' }),
    span => span.updateName('renamed'),
  ]
  for (let round = 0; round < 300; round++) {
    const attributes = random.pick([{}, { attributes: someAttributes(random) }, { attributes: { a: 'x' }, root: true }])
    const times = random.pick([
      [1_700_000_000_000, 1_700_000_000_250],
      [
        [1, 2],
        [3, 4],
      ],
      [new Date(5), new Date(6)],
    ] as const)
    const span = tracer.startSpan(
      `span ${round}`,
      { kind: 1, startTime: times[0] as number, ...attributes },
      ROOT_CONTEXT,
    )
    for (const act of random.list(4, () => random.pick(acts))) expect(act(span)).toBe(span)
    span.end(times[1] as number)
    random.pick(acts)(span)
  }
  return ended.map(span => [
    Object.fromEntries(Object.entries(span).filter(([name]) => isComparable.has(name))),
    [span.duration, span.ended, span.droppedAttributesCount, span.droppedEventsCount],
  ])
}

function logRandomly(seed: number): unknown[] {
  const random = new Random(seed)
  const emitted: ReadableLogRecord[] = []
  const logRecordLimits = { attributeCountLimit: 3, attributeValueLengthLimit: 8 }
  const onEmit = (record: ReadableLogRecord): void => void emitted.push(record)
  const logger = new LoggerProvider({ processors: [{ ...ending, onEmit }], logRecordLimits }).getLogger('l')
  for (let round = 0; round < 300; round++) {
    logger.emit({ body: round, timestamp: 5, observedTimestamp: 6, attributes: someAttributes(random) })
  }
  return emitted.map(({ body, attributes, droppedAttributesCount }) => [body, attributes, droppedAttributesCount])
}

async function measureRandomly(seed: number): Promise<unknown> {
  const random = new Random(seed)
  const reader = new TestReader()
  const attributesProcessors = [createAllowListAttributesProcessor(['a'])]
  const views = [
    { instrumentName: 'viewed', attributesProcessors },
    { instrumentName: 'both', name: 'one' },
    { instrumentName: 'both', name: 'other', aggregationCardinalityLimit: 3 },
  ]
  const meter = new MeterProvider({ readers: [reader], views }).getMeter('m')
  const counters = ['plain', 'viewed', 'both'].map(name => meter.createCounter(name))
  const histogram = meter.createHistogram('histogram', { advice: { explicitBucketBoundaries: [1, 2, 5] } })
  const collected: unknown[] = []
  for (let round = 0; round < 600; round++) {
    const attributes = Object.fromEntries(random.list(3, () => [random.pick(['a', 'b']), random.pick(measurable)]))
    random.pick(counters).add(random.integer(5), attributes)
    histogram.record(random.fraction() * 6, attributes)
    if (round % 200 === 199) collected.push((await reader.collect()).resourceMetrics.scopeMetrics)
  }
  // eslint-disable-next-line -- the times differ
  return JSON.parse(JSON.stringify(collected, (key, value: unknown) => (/Time$/.test(key) ? undefined : value)))
}

test('spans, log records and measurements become what the SDK makes of them, whatever is given to it', async () => {
  const seeds = [1, 2, 3]
  const run = async () => ({
    spans: seeds.map(traceRandomly),
    logs: seeds.map(logRandomly),
    warnings: new Set(warnings()),
    metrics: await Promise.all(seeds.map(measureRandomly)),
  })
  const alone = await run()
  for (const quicken of [quickenSpans, quickenLogs, quickenMetrics]) quicken()
  const quickened = await run()
  expect(quickened).toEqual(alone)
  expect(JSON.stringify(alone).length).toBeGreaterThan(50_000)
})

/** A span of ours is started with attributes that tell when somebody looks at them. */
function start(options: OtelOptions, env: Readonly<Record<string, string>> = {}, isHeard = true): { looks: number } {
  const readFile = (): never => {
    throw new Error('no file')
  }
  const { config } = resolveConfig({ env, options, readFile })
  const resource = resourceFromAttributes({})
  const deliveries = isHeard ? [{ push() {} } as unknown as Delivery<ReadableSpan>] : []
  const { provider } = createTraces({ config, resource, deliveries, report: ({ message }) => expect.fail(message) })
  const seen = { looks: 0 }
  const attributes = {
    get id() {
      return ++seen.looks
    },
  }
  provider.getTracer('t').startSpan('s', { attributes })
  return seen
}

test('attributes are not looked at for a span that is not recorded, or goes nowhere', () => {
  quickenSpans()
  expect(start({}, { OTEL_TRACES_SAMPLER: 'always_off' })).toEqual({ looks: 0 })
  expect(start({}, {}, false)).toEqual({ looks: 0 })
  expect(start({})).toEqual({ looks: 1 })
})

test('samplers and processors of the user see a span with the attributes that it is started with', () => {
  quickenSpans()
  const seen: Attributes[] = []
  const shouldSample: Sampler['shouldSample'] = (...[, , , , attributes]) => {
    seen.push({ ...attributes })
    return { decision: SamplingDecision.NOT_RECORD }
  }
  start({ sampler: { shouldSample, toString: () => 'own' } })
  const onStart = (span: ReadableSpan): void => void seen.push({ ...span.attributes })
  start({ spanProcessors: [{ ...ending, onStart, onEnd() {} }] })
  expect(seen).toEqual([{ id: 1 }, { id: 1 }])
})

test('a time may be one of performance.now()', () => {
  quickenSpans()
  const span = new TracerProvider().getTracer('t').startSpan('s', { startTime: 5 }) as Span & ReadableSpan
  const startMs = span.startTime[0] * 1000 + span.startTime[1] / 1e6
  expect(Math.abs(startMs - performance.timeOrigin - 5)).toBeLessThan(60_000)
})
