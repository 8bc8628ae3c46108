import { expect, test } from 'vitest'
import type { Books } from '../../src/exporters/books.ts'
import type { Outcome } from '../../src/exporters/outcome.ts'
import { describeLosses, tellDelivery } from '../../src/exporters/tell-delivery.ts'

const sent: Outcome = { kind: 'sent', rejected: 0 }
const failed: Outcome = { kind: 'failed', reason: 'unreachable', words: 'nobody there' }

function lab(): { at(seconds: number, outcome: Outcome, lost?: number): string[] } {
  let now = 0
  const lines: string[] = []
  const tell = tellDelivery(
    ({ message }) => lines.push(message),
    () => now,
  )
  return {
    at(seconds, outcome, lost = 0) {
      now = seconds * 1000
      lines.length = 0
      const url = 'http://c:4318/v1/traces?token=secret'
      const droppedByReason = { ...(lost > 0 && { queue_full: lost }), superseded: 7 }
      tell({ signal: 'traces', url, lost, droppedByReason, lastError: 'nobody there' } as unknown as Books, outcome)
      return [...lines]
    },
  }
}

test('nothing is said while all goes well', () => {
  expect(lab().at(1, sent)).toEqual([])
})

test('one line when it begins to fail, one when it is over, with what was lost in between', () => {
  const { at } = lab()
  const failing =
    'traces cannot be delivered to http://c:4318/v1/traces (nobody there); keeping them as long as the queue has room, and trying again'
  expect(at(1, failed)).toEqual([failing])
  expect(at(2, failed, 5)).toEqual([])
  expect(at(3, sent, 9)).toEqual([
    'traces are delivered to http://c:4318/v1/traces again; lost in between: 9 (queue_full)',
  ])
  expect(at(99, failed, 9)).toEqual([failing])
  expect(at(100, sent, 9)).toEqual(['traces are delivered to http://c:4318/v1/traces again; lost in between: nothing'])
})

test('at most one line a minute in between, and only if more was lost', () => {
  const { at } = lab()
  at(0, failed)
  expect(at(59, failed, 5)).toEqual([])
  expect(at(61, failed, 6)).toEqual(['traces: lost 6 (queue_full); nobody there'])
  expect(at(119, failed, 8)).toEqual([])
  expect(at(122, failed, 8)).toEqual(['traces: lost 2 (queue_full); nobody there'])
  expect(at(200, failed, 8)).toEqual([])
  expect(at(201, sent, 8)).toEqual([
    'traces are delivered to http://c:4318/v1/traces again; lost in between: 8 (queue_full)',
  ])
})

test('a collector that comes and goes is told of once a minute', () => {
  const { at } = lab()
  expect(at(1, failed)).toHaveLength(1)
  expect(at(2, sent)).toHaveLength(1)
  for (let second = 3; second < 60; second += 2) {
    expect(at(second, failed)).toEqual([])
    expect(at(second + 1, sent)).toEqual([])
  }
  expect(at(70, failed)).toHaveLength(1)
})

test('a refusal says what the collector said, and where to look when it was the key', () => {
  const refused: Outcome = { kind: 'refused', reason: 'rejected', words: 'HTTP status 401: bad key', credentials: true }
  expect(lab().at(1, refused, 3)).toEqual([
    'traces were refused by http://c:4318/v1/traces (HTTP status 401: bad key); what is refused is lost: check OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  ])
})

test('losses while it works are told too, once it is known how many there were', () => {
  expect(lab().at(1, sent, 40)).toEqual(['traces: lost 40 (queue_full); nobody there'])
})

test('what the collector adds to a success is told', () => {
  expect(lab().at(1, { kind: 'sent', rejected: 0, words: 'slow down' })).toEqual([
    'http://c:4318/v1/traces took traces, but: slow down',
  ])
})

test('the end has one line for all signals, and only for those that lost something', () => {
  const books = (signal: string, lost: number): Books =>
    ({
      signal,
      url: `http://c:4318/v1/${signal}?token=secret`,
      lost,
      sent: 812,
      droppedByReason: { queue_full: lost },
      lastError: 'nobody there',
    }) as unknown as Books
  expect(describeLosses([books('traces', 0), books('logs', 0)])).toBeUndefined()
  expect(describeLosses([books('traces', 40), books('metrics', 0), books('logs', 2)])).toBe(
    'traces: sent 812, lost 40 (queue_full); logs: sent 812, lost 2 (queue_full); to http://c:4318; nobody there',
  )
  const droppedByReason = { queue_full: 4, rejected: 5, superseded: 1 }
  const mixed = { signal: 'traces', url: undefined, sent: 1, lost: 9, droppedByReason, lastError: undefined }
  expect(describeLosses([mixed as unknown as Books])).toMatch(/lost 9 \(queue_full 4, rejected 5\)/)
})
