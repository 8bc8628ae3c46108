import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

interface Result {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly readIn?: { readonly spanId: string }
  readonly headers?: readonly string[]
  readonly error?: string
}

const results = new Map<string, Result>()
let spans: readonly ReceivedSpan[]
let stderr: string

beforeAll(async () => {
  await using receiver = await startReceiver()
  const result = await runApp({
    file: join(import.meta.dirname, '../apps/http-client.cjs'),
    env: { ...receiver.env, OTEL_SERVICE_NAME: 'http-client' },
  })
  stderr = result.stderr
  for (const line of result.stdout.trim().split('\n')) {
    const result: Result = JSON.parse(line)
    results.set(result.name, result)
  }
  spans = receiver.spans()
})

test('nothing is heard of us', () => expect(stderr).toBe(''))

test.each([
  'late get',
  'early get',
  'early get of a URL',
  'early POST',
  'early Expect',
  'early list',
  'late list',
  'late pairs',
])('%s: one client span, one server span below it', name => {
  const [client, ...others] = spansOf(name, 'CLIENT')
  expect(others).toEqual([])
  expect(spansOf(name, 'SERVER')).toMatchObject([{ parentSpanId: client?.spanId }])
  expect(resultOf(name).readIn?.spanId, 'the answer is read in the span of the app').toBe(resultOf(name).spanId)
})

test.each(['forwarded list', 'forwarded object', 'forwarded by fetch'])(
  '%s: of two contexts ours goes out, alone, and the callee goes on with our trace',
  name => {
    const [client] = spansOf(name, 'CLIENT')
    expect(spansOf(name, 'SERVER')).toMatchObject([{ parentSpanId: client?.spanId }])
    const names = resultOf(name).headers?.filter((_, index) => index % 2 === 0) ?? []
    expect(names.filter(header => header.toLowerCase() === 'traceparent')).toHaveLength(1)
  },
)

test('a request that an agent makes on the way has a span of its own, and the one it serves has one', () => {
  const clients = spansOf('agent that asks', 'CLIENT')
  expect(clients.map(span => new URL(String(span.attributes['url.full'])).pathname).toSorted()).toEqual([
    '/asked',
    '/x',
  ])
  const served = clients.find(span => String(span.attributes['url.full']).includes('/x'))
  const answers = spansOf('agent that asks', 'SERVER').filter(span => span.attributes['url.path'] === '/x')
  expect(answers).toMatchObject([{ parentSpanId: served?.spanId }])
})

test('a function that was taken before set-up leaves the same span as the one in its place', () => {
  const late = spansOf('late get', 'CLIENT')[0]
  expect(late?.attributes['url.full']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/x\?token=REDACTED$/)
  expect(late?.attributes).toMatchObject({ 'http.response.status_code': 200, 'server.address': '127.0.0.1' })
  for (const name of ['early get', 'early get of a URL']) {
    expect(spansOf(name, 'CLIENT')).toMatchObject([{ name: 'GET', attributes: late?.attributes }])
  }
  expect(spansOf('early POST', 'CLIENT')).toMatchObject([{ name: 'POST' }])
})

test('a request that fails has its error on its one span', () => {
  expect(resultOf('early refused').error).toBe('ECONNREFUSED')
  const failed = { status: { code: 'ERROR' }, attributes: { 'error.type': 'Error', 'server.port': 1 } }
  expect(spansOf('early refused', 'CLIENT')).toMatchObject([failed])
})

test('a list of headers stays a list, and the context comes after it', () => {
  const own = ['accept', 'text/plain', 'x-twice', '1', 'x-twice', '2', 'host', 'shop']
  expect(resultOf('late list').headers?.slice(0, own.length)).toEqual(own)
  expect(resultOf('early list').headers?.slice(0, own.length)).toEqual(own)
  expect(resultOf('late pairs').headers?.slice(0, 4)).toEqual(['accept', 'text/plain', 'host', 'shop'])
})

test('the span of a request is over with the body of its answer, before whoever waits for that ends the process', async () => {
  await using receiver = await startReceiver()
  await runApp({
    ...esm(`
      import http from 'node:http'
      import { setupOtel } from '@org/otel'
      setupOtel()
      const server = http.createServer((_, response) => response.end('x'))
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address()
        http.get({ port, host: '127.0.0.1', agent: false }, response => response.resume().on('end', () => process.exit()))
      })
    `),
    cwd: join(import.meta.dirname, '../apps'),
    env: { ...receiver.env, OTEL_SERVICE_NAME: 'ends' },
  })
  expect(receiver.spans().filter(span => span.kind === 'CLIENT')).toHaveLength(1)
})

function resultOf(name: string): Result {
  const result = results.get(name)
  if (result === undefined) throw new Error(`no result of ${name}`)
  return result
}

function spansOf(name: string, kind: ReceivedSpan['kind']): ReceivedSpan[] {
  return spans.filter(span => span.traceId === resultOf(name).traceId && span.kind === kind)
}
