import { type AnyValue, type Attributes, type Link, type SpanContext, SpanKind } from '@opentelemetry/api'
import { TraceState } from '@opentelemetry/core'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { writeLogs } from '../../src/exporters/write-logs.ts'
import { writeSpans } from '../../src/exporters/write-spans.ts'
import { Random } from '../harness/random.ts'

const random = new Random(5)
const { integer, pick, list } = {
  integer: (limit: number) => random.integer(limit),
  pick: <Item>(items: readonly Item[]) => random.pick(items),
  list: <Item>(most: number, make: () => Item) => random.list(most, make),
}

/** What takes one byte or several, and lengths at which the length of the length changes. */
const characters = ['a', 'Z', '/', ' ', '\0', 'é', 'ß', '漢', '😀', '\ud800', '\udc00', '"']
const lengths = [0, 1, 11, 12, 13, 41, 42, 43, 100, 120, 126, 127, 128, 129, 300, 5461, 16_383, 16_384]
const wholes = [0, -0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 62, 2 ** 63, 2 ** 64]
const negatives = [-1, -128, -(2 ** 31), -(2 ** 32) - 1, -(2 ** 53), -(2 ** 63), -(2 ** 63) - 2048]
const fractions = [0.5, -1e-9, 1e300, Number.MAX_VALUE, Number.NaN, Infinity, -Infinity]
const numbers = [wholes, negatives, fractions].flat()

function text(): string {
  const length = pick(lengths.slice(0, integer(50) === 0 ? lengths.length : 14))
  if (integer(2) === 0) return pick(['a', 'é']).repeat(length)
  return Array.from({ length: length % 200 }, () => pick(characters)).join('')
}

function value(depth = 0): AnyValue {
  const makers: readonly (() => AnyValue)[] = [
    text,
    text,
    () => pick(numbers),
    () => integer(1_000_000),
    () => integer(2) === 0,
    () => pick([null, undefined]),
    () => Uint8Array.from({ length: integer(200) }, (_, index) => index),
    () => (depth > 3 ? text() : list(5, () => value(depth + 1))),
    () => (depth > 3 ? text() : attributes(depth + 1)),
  ]
  return pick(makers)()
}

function attributes(depth = 0): Attributes {
  const names = ['http.request.method', 'url.path', 'é', '', '__proto__', 'n'.repeat(130)]
  return Object.fromEntries(list(8, () => [integer(3) === 0 ? text() : pick(names), value(depth)]))
}

const hex = (digits: number): string => Array.from({ length: digits }, () => integer(16).toString(16)).join('')
const time = (): [number, number] => [pick([0, 1, 65_535, 65_536, 1_800_000_000, 4_294_967_295]), integer(1e9)]

function context(): SpanContext {
  const traceState = pick([undefined, new TraceState('vendor=1,other=2')])
  return {
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: pick([0, 1, 3]),
    ...pick([{}, { isRemote: true }, { isRemote: false }]),
    ...(traceState && { traceState }),
  }
}

const link = (): Link => ({
  context: context(),
  ...pick([{}, { attributes: attributes(), droppedAttributesCount: 3 }]),
})
const event = () => ({
  time: time(),
  name: text(),
  ...pick([{}, { attributes: attributes(), droppedAttributesCount: 200 }]),
})

const resources = [resourceFromAttributes({ 'service.name': 'a', list: ['x', 'y'] }, { schemaUrl: 'https://a' })]
resources.push(resourceFromAttributes({}))
const scopes = [
  { name: 'plain' },
  { name: '', version: '1.2.3', schemaUrl: 'https://b' },
  { name: 'attributed', attributes: attributes(), droppedAttributesCount: 2 },
]

function span(): ReadableSpan {
  const own = context()
  const parentSpanContext = pick([undefined, context()])
  return {
    name: text(),
    kind: pick([SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CONSUMER]),
    spanContext: () => own,
    ...(parentSpanContext && { parentSpanContext }),
    startTime: time(),
    endTime: time(),
    duration: time(),
    ended: true,
    status: pick([{ code: 0 }, { code: 1 }, { code: 2 }, { code: 2, message: text() }]),
    attributes: attributes(),
    links: list(3, link),
    events: list(3, event),
    resource: pick(resources),
    instrumentationScope: pick(scopes.slice(0, 2)),
    droppedAttributesCount: pick([0, 1, 300]),
    droppedEventsCount: pick([0, 1, 300]),
    droppedLinksCount: pick([0, 1, 300]),
  }
}

function log(): ReadableLogRecord {
  const spanContext = pick([undefined, context()])
  return {
    hrTime: time(),
    hrTimeObserved: time(),
    ...pick([{}, { severityNumber: 9, severityText: 'INFO' }, { severityNumber: 0 }]),
    ...pick([{}, { body: value() }, { eventName: 'event' }]),
    ...(spanContext && { spanContext }),
    resource: pick(resources),
    instrumentationScope: pick(scopes),
    attributes: attributes(),
    droppedAttributesCount: pick([0, 300]),
  }
}

const hexOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes!).toString('hex')

test('spans are written to the byte as the SDK writes them, whatever is in them', () => {
  for (let round = 0; round < 300; round++) {
    const spans = list(6, span)
    expect(hexOf(writeSpans(spans))).toBe(hexOf(ProtobufTraceSerializer.serializeRequest(spans)))
  }
})

test('and so are log records', () => {
  for (let round = 0; round < 300; round++) {
    const logs = list(6, log)
    expect(hexOf(writeLogs(logs))).toBe(hexOf(ProtobufLogsSerializer.serializeRequest(logs)))
  }
})

test('a request of megabytes is whole, and so is the one that follows', () => {
  const large = { ...span(), attributes: { text: 'é'.repeat(3_000_000) } }
  for (const spans of [[large], [span()]]) {
    expect(hexOf(writeSpans(spans))).toBe(hexOf(ProtobufTraceSerializer.serializeRequest(spans)))
  }
})

test('a request that cannot be written leaves nothing in the next one, and what was written keeps its bytes', () => {
  const good = [span()]
  const first = writeSpans(good)
  const before = hexOf(first)
  const cyclic: Attributes = {}
  cyclic['me'] = cyclic
  expect(() => writeSpans([span(), { ...span(), attributes: cyclic }])).toThrow(RangeError)
  expect(hexOf(writeSpans(good))).toBe(before)
  expect(hexOf(first)).toBe(before)
})

test('a name that is no string is written as none', () => {
  const nameless = { ...span(), name: 5 as unknown as string }
  expect(hexOf(writeSpans([nameless]))).toBe(hexOf(writeSpans([{ ...nameless, name: '' }])))
})
