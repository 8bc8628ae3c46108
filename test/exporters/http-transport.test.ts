import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Target } from '../../src/exporters/transport.ts'
import { openTransport, send } from './open-transport.ts'
import { rpcStatus } from './rpc-status.ts'

const protocol = 'http/protobuf'

test('a request has its body, its length and the headers of the configuration', async () => {
  await using collector = await startCollector(async (request, response) => {
    const body = await buffer(request)
    const { 'content-type': type, 'content-length': length, 'user-agent': agent, 'x-team': team } = request.headers
    response.end(`${type} ${length} ${agent} ${team} ${body}`)
  })
  const body = Buffer.from('application/x-protobuf 5 test a-team spans')
  expect(await send(collector.transport)).toEqual({ kind: 'accepted', body })
})

test('http/json has its own type, and gzip says so', async () => {
  await using collector = await startCollector(
    async (request, response) => {
      const { 'content-type': type, 'content-encoding': encoding } = request.headers
      response.end(`${type} ${encoding} ${gunzipSync(await buffer(request))}`)
    },
    { protocol: 'http/json', compression: 'gzip' },
  )
  const body = Buffer.from('application/json gzip spans')
  expect(await send(collector.transport)).toEqual({ kind: 'accepted', body })
})

test.each([400, 404, 413, 500, 301, 307])('HTTP %i is a refusal', async code => {
  await using collector = await startCollector((_, response) => response.writeHead(code, { location: '/' }).end())
  const answer = await send(collector.transport)
  expect(answer).toEqual({
    kind: 'refused',
    reason: 'rejected',
    words: expect.stringMatching(`^HTTP status ${code}: `),
  })
  expect(collector.visits()).toBe(1)
})

test.each([401, 403])('HTTP %i is a refusal of who asks', async code => {
  await using collector = await startCollector((_, response) => response.writeHead(code).end())
  expect(await send(collector.transport)).toMatchObject({ kind: 'refused', reason: 'rejected', credentials: true })
})

test.each([429, 502, 503, 504])('HTTP %i passes, and the pause that the collector asks for is told', async code => {
  await using collector = await startCollector((_, response) => response.writeHead(code, { 'retry-after': '7' }).end())
  const answer = await send(collector.transport)
  expect(answer).toMatchObject({ kind: 'failed', reason: 'unavailable', retryAfterMs: 7000 })
  expect(collector.visits()).toBe(1)
})

test('a pause may be a date, a past one is none, and nonsense is not one', async () => {
  const pauses = [new Date(Date.now() + 60_000).toUTCString(), new Date(0).toUTCString(), 'soon']
  await using collector = await startCollector((_, response, visit) =>
    response.writeHead(503, { 'retry-after': pauses[visit - 1] }).end(),
  )
  const future = await send(collector.transport)
  expect('retryAfterMs' in future && future.retryAfterMs).toBeGreaterThan(50_000)
  expect(await send(collector.transport)).toMatchObject({ retryAfterMs: 0 })
  expect(await send(collector.transport)).not.toHaveProperty('retryAfterMs')
})

test.each([
  ['application/x-protobuf', rpcStatus('no such tenant')],
  ['application/json; charset=utf-8', '{"code":5,"message":"no such tenant"}'],
  ['text/plain', 'no such\n\ttenant\u001b\n'],
])('the words of a refusal in %s are told in one line', async (type, body) => {
  await using collector = await startCollector((_, response) =>
    response.writeHead(404, { 'content-type': type }).end(body),
  )
  expect(await send(collector.transport)).toMatchObject({ words: 'HTTP status 404: no such tenant' })
})

test.each([
  ['text/html', '<html>'],
  ['application/json', '{"message"'],
  ['application/json', 'null'],
  ['application/x-protobuf', 'no protobuf'],
])('a refusal in %s that says nothing has the words of its status', async (type, body) => {
  await using collector = await startCollector((_, response) =>
    response.writeHead(404, { 'content-type': type }).end(body),
  )
  expect(await send(collector.transport)).toMatchObject({ words: 'HTTP status 404: Not Found' })
})

test('long words are cut', async () => {
  await using collector = await startCollector((_, response) =>
    response.writeHead(400, { 'content-type': 'text/plain' }).end('x'.repeat(5000)),
  )
  const answer = await send(collector.transport)
  expect('words' in answer && answer.words.length).toBe('HTTP status 400: '.length + 200)
})

test('no value of a configured header is in the words', async () => {
  await using collector = await startCollector(
    ({ headers }, response) =>
      response
        .writeHead(401, { 'content-type': 'text/plain' })
        .end(`${headers.authorization} / ${headers.authorization?.split(' ')[1]} / ${headers['x-key']} / abc`),
    { headers: { authorization: 'Bearer s3cret-token', 'x-key': 'hush', 'x-short': 'abc' } },
  )
  expect(await send(collector.transport)).toMatchObject({
    words: 'HTTP status 401: [hidden] / [hidden] / [hidden] / abc',
  })
})

test('a header that HTTP does not allow is a refusal and no exception, and its value is not told', async () => {
  await using collector = await startCollector((_, response) => response.end(), { headers: { 'x-team': 'secret\nb' } })
  const answer = await send(collector.transport)
  expect(answer).toMatchObject({ kind: 'refused', reason: 'export_failed', words: expect.stringContaining('x-team') })
  expect(JSON.stringify(answer)).not.toContain('secret')
})

test('an answer that never begins is cut off at the deadline, with its connection', async () => {
  await using collector = await startCollector(() => {})
  expect(await send(collector.transport, 50)).toEqual({
    kind: 'failed',
    reason: 'timeout',
    words: 'no answer within 50 ms',
  })
  await expect.poll(collector.connections).toBe(0)
})

test.each([
  [200, { kind: 'accepted' }],
  [500, { kind: 'refused', reason: 'rejected', words: 'HTTP status 500: Internal Server Error' }],
  [503, { kind: 'failed', reason: 'unavailable', words: 'HTTP status 503: Service Unavailable' }],
])('the deadline is for the whole answer: of one that drips, its status %i counts', async (status, answer) => {
  await using collector = await startCollector((_, response) => {
    response.writeHead(status)
    const drip = setInterval(() => response.write('.'), 10)
    response.on('close', () => clearInterval(drip))
  })
  expect(await send(collector.transport, 200)).toEqual(answer)
  await expect.poll(collector.connections).toBe(0)
})

test.each([
  [200, { kind: 'accepted' }],
  [500, { kind: 'refused', reason: 'rejected', words: 'HTTP status 500: Internal Server Error' }],
])('an answer beyond all measure is cut off, and its status %i counts', async (status, answer) => {
  await using collector = await startCollector((_, response) => {
    response.writeHead(status).write(Buffer.alloc(5 * 1024 * 1024))
  })
  expect(await send(collector.transport, 600_000)).toEqual(answer)
  await expect.poll(collector.connections).toBe(0)
})

test('an answer that breaks off counts by its status', async () => {
  await using collector = await startCollector((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('12345', () => response.destroy())
  })
  expect(await send(collector.transport)).toEqual({ kind: 'accepted' })
})

test('a connection that is kept serves the next request', async () => {
  const ports = new Set<number | undefined>()
  await using collector = await startCollector((request, response) => {
    ports.add(request.socket.remotePort)
    response.end()
  })
  for (let i = 0; i < 3; i++) expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  expect(ports.size).toBe(1)
})

test('a kept connection that turns out closed is replaced at once', async () => {
  await using collector = await startCollector((request, response, visit) =>
    visit === 2 ? request.socket.destroy() : response.end(),
  )
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  expect(collector.visits()).toBe(3)
})

test('a new connection that is reset is a failure and not tried again', async () => {
  await using collector = await startCollector(request => request.socket.destroy())
  expect(await send(collector.transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
  expect(collector.visits()).toBe(1)
})

test.each([
  ['http://localhost:1/v1/traces', /^connect ECONNREFUSED/],
  ['http://127.0.0.1:1/v1/traces', /ECONNREFUSED/],
  ['http://no-such-name.invalid:4318/v1/traces', /no-such-name/],
])('%s is unreachable, and the words say why', async (url, words) => {
  await using transport = openTransport({ protocol, url })
  expect(await send(transport)).toEqual({ kind: 'failed', reason: 'unreachable', words: expect.stringMatching(words) })
})

test('TLS towards something that does not speak it is unreachable', async () => {
  await using collector = await startCollector((_, response) => response.end())
  await using transport = openTransport({ protocol, url: collector.url.replace('http:', 'https:') })
  expect(await send(transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
})

test('a certificate that cannot be read is a refusal and no exception', async () => {
  await using transport = openTransport({
    protocol,
    url: 'https://127.0.0.1:1/',
    tls: { ca: Buffer.from('no PEM'), key: Buffer.from('x') },
  })
  expect(await send(transport)).toMatchObject({ kind: 'refused', reason: 'export_failed' })
})

test('an answer that is no HTTP is unreachable', async () => {
  const server = createTcpServer((socket: Socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n\r\n'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await using transport = openTransport({
    protocol,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  })
  expect(await send(transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
  server.close()
})

test('a connection that is kept is closed too when all is abandoned', async () => {
  await using collector = await startCollector((_, response) => response.end())
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  collector.transport.abandon()
  await expect.poll(collector.connections).toBe(0)
})

test('what is under way when it is abandoned is given up at once, and the next request goes out', async () => {
  await using collector = await startCollector((_, response, visit) => visit > 1 && response.end())
  const sending = send(collector.transport, 60_000)
  await expect.poll(collector.visits).toBe(1)
  collector.transport.abandon()
  expect(await sending).toMatchObject({ kind: 'failed', reason: 'timeout' })
  await expect.poll(collector.connections).toBe(0)
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
})

test('what is abandoned before it is compressed is given up too', async () => {
  await using collector = await startCollector(() => {}, { compression: 'gzip' })
  const sending = send(collector.transport)
  collector.transport.abandon()
  expect(await sending).toMatchObject({ words: 'given up before an answer came' })
  await expect.poll(collector.connections).toBe(0)
})

type Answering = (request: IncomingMessage, response: ServerResponse, visit: number) => unknown

async function startCollector(answer: Answering, target: Partial<Target> = {}) {
  let visits = 0
  const listener: RequestListener = (request, response) => void answer(request, response, (visits += 1))
  const server = createServer(listener).on('clientError', (_, socket) => socket.destroy())
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  const transport = openTransport({ protocol, url, ...target })
  return {
    url,
    transport,
    visits: () => visits,
    connections: () => open.size,
    [Symbol.asyncDispose]() {
      transport.abandon()
      server.closeAllConnections()
      server.close()
      return Promise.resolve()
    },
  }
}
