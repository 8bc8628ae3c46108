import { expect, test } from 'vitest'
import type { ReceivedSpan } from '../../src/testing.ts'
import { formatTrace } from '../../src/testing.ts'

const traceId = '5b8efff798038103d269b633813fc60c'

function span(fields: Partial<ReceivedSpan> & { service?: string }): ReceivedSpan {
  return {
    traceId,
    spanId: '1',
    parentSpanId: undefined,
    traceState: '',
    name: 'span',
    kind: 'INTERNAL',
    startTimeMs: 0,
    durationMs: 1,
    status: { code: 'UNSET', message: '' },
    attributes: {},
    events: [],
    links: [],
    scope: { name: '', version: '' },
    resource: { 'service.name': fields.service ?? 'api' },
    ...fields,
  }
}

test('a trace is a tree in the order of time, in columns', () => {
  const spans = [
    span({
      spanId: '4',
      parentSpanId: '3',
      name: 'process',
      service: 'worker',
      kind: 'CONSUMER',
      startTimeMs: 4,
      durationMs: 100,
    }),
    span({ spanId: '3', parentSpanId: '1', name: 'send', kind: 'PRODUCER', startTimeMs: 3 }),
    span({ spanId: '2', parentSpanId: '1', name: 'INSERT', kind: 'CLIENT', startTimeMs: 1, durationMs: 1.26 }),
    span({ spanId: '1', name: 'POST /orders', kind: 'SERVER', durationMs: 12 }),
    span({
      spanId: '5',
      parentSpanId: '2',
      name: 'connect',
      status: { code: 'ERROR', message: 'refused' },
      startTimeMs: 2,
    }),
  ]
  expect(formatTrace(spans).split('\n')).toEqual([
    `trace ${traceId}: 5 spans, 104.0 ms`,
    'POST /orders   api     SERVER     12.0 ms',
    '├─ INSERT      api     CLIENT      1.3 ms',
    '│  └─ connect  api     INTERNAL    1.0 ms  ✗ refused',
    '└─ send        api     PRODUCER    1.0 ms',
    '   └─ process  worker  CONSUMER  100.0 ms',
  ])
})

test('a span whose parent is missing is a root that says so', () => {
  expect(formatTrace([span({ spanId: '2', parentSpanId: '9' })])).toMatch(/span .*\(parent 9 is missing\)$/)
})

test('several traces stand one after the other', () => {
  const other = span({ traceId: 'f'.repeat(32), startTimeMs: 5 })
  expect(formatTrace([other, span({})]).match(/^trace .*$/gm)).toEqual([
    `trace ${traceId}: 1 span, 1.0 ms`,
    `trace ${'f'.repeat(32)}: 1 span, 1.0 ms`,
  ])
})

test('no spans are no text', () => {
  expect(formatTrace([])).toBe('')
})

test('ids that repeat or go round in a circle come to an end', () => {
  const spans = [span({}), span({ parentSpanId: '2' }), span({ spanId: '2', parentSpanId: '1' })]
  expect(formatTrace(spans).split('\n')).toHaveLength(4)
})
