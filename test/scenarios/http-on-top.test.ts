import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

interface Way {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly isKept: boolean
  readonly heardIn?: string | null
}

let ways: readonly Way[]
let spans: readonly ReceivedSpan[]

beforeAll(async () => {
  await using receiver = await startReceiver()
  const { stdout, stderr } = await runApp({
    file: join(import.meta.dirname, '../apps/http/on-top.mjs'),
    env: { ...receiver.env, OTEL_SERVICE_NAME: 'on-top' },
  })
  expect(stderr).toBe('')
  ways = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Way)
  spans = receiver.spans()
})

/** Each request of a client with the answer of the server below it, in order. */
function exchangesOf({ traceId, spanId }: Way): unknown[] {
  const own = spans.filter(span => span.traceId === traceId).toSorted((a, b) => a.startTimeMs - b.startTimeMs)
  const clients = own.filter(span => span.kind === 'CLIENT')
  return clients.map(client => {
    const servers = own.filter(span => span.parentSpanId === client.spanId)
    const statuses = [client, ...servers].map(span => span.attributes['http.response.status_code'])
    return [client.parentSpanId === spanId, ...statuses, ...servers.map(span => span.attributes['url.path'])]
  })
}

test.each(['axios', 'got', 'fetch'])('%s: each step of a redirect is a request of its own, answered once', name => {
  const way = ways.find(each => each.name === name)!
  expect(exchangesOf(way)).toEqual([
    [true, 302, 302, '/redirect'],
    [true, 200, 200, '/one'],
  ])
  expect(way.isKept).toBe(true)
})

test('a WebSocket has the span of its handshake, and what it brings later is in none', () => {
  const way = ways.find(each => each.name === 'ws')!
  expect(exchangesOf(way)).toEqual([[true, 101, 101, '/redirect']])
  expect(way.heardIn).toBeNull()
})
