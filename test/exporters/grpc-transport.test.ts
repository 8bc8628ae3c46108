import { once } from 'node:events'
import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Target } from '../../src/exporters/transport.ts'
import { openTransport, send } from './open-transport.ts'
import { rpcStatus } from './rpc-status.ts'

const protocol = 'grpc'

test('a call has its path, its headers and one framed message', async () => {
  const seen: IncomingHttpHeaders[] = []
  await using collector = await startCollector(async (stream, headers) => {
    seen.push(headers)
    succeed(stream, await buffer(stream))
  })
  expect(await send(collector.transport)).toEqual({ kind: 'accepted', body: Buffer.from('spans') })
  expect(seen[0]).toMatchObject({
    ':path': '/test.Service/Export',
    'content-type': 'application/grpc',
    'grpc-timeout': expect.stringMatching(/^(5000|49\d\d)m$/),
    'user-agent': 'test',
    'x-team': 'a-team',
  })
})

test('a compressed message says so', async () => {
  await using collector = await startCollector(
    async (stream, headers) => {
      const message = await buffer(stream)
      succeed(stream, frame(`${headers['grpc-encoding']} ${message[0]} ${gunzipSync(message.subarray(5))}`))
    },
    { compression: 'gzip' },
  )
  expect(await send(collector.transport)).toEqual({ kind: 'accepted', body: Buffer.from('gzip 1 spans') })
})

test.each([1, 4, 10, 11, 14, 15])('status %i passes', async code => {
  await using collector = await startCollector(stream => fail(stream, code))
  expect(await send(collector.transport)).toEqual({
    kind: 'failed',
    reason: 'unavailable',
    words: `gRPC status ${code}: no, really`,
  })
})

test.each([2, 3, 5, 6, 8, 9, 12, 13])('status %i is a refusal', async code => {
  await using collector = await startCollector(stream => fail(stream, code))
  expect(await send(collector.transport)).toEqual({
    kind: 'refused',
    reason: 'rejected',
    words: `gRPC status ${code}: no, really`,
  })
})

test.each([7, 16])('status %i is a refusal of who asks', async code => {
  await using collector = await startCollector(stream => fail(stream, code))
  expect(await send(collector.transport)).toMatchObject({ kind: 'refused', credentials: true })
})

test.each([8, 14])('status %i with a RetryInfo passes, and the pause is told', async code => {
  const details = rpcStatus('wait', { seconds: 300, nanos: 500_000_000 })
  await using collector = await startCollector(stream => fail(stream, code, details))
  expect(await send(collector.transport)).toMatchObject({
    kind: 'failed',
    reason: 'unavailable',
    retryAfterMs: 300_500,
  })
})

test.each([rpcStatus('no pause'), Buffer.from('no status'), Buffer.alloc(0)])(
  'RESOURCE_EXHAUSTED with other details is a refusal',
  async details => {
    await using collector = await startCollector(stream => fail(stream, 8, details))
    expect(await send(collector.transport)).toMatchObject({ kind: 'refused', words: 'gRPC status 8: no, really' })
  },
)

test('a status in the trailers counts, also after a message', async () => {
  await using collector = await startCollector(stream => finish(stream, frame('x'), { 'grpc-status': '3' }))
  expect(await send(collector.transport)).toEqual({ kind: 'refused', reason: 'rejected', words: 'gRPC status 3' })
})

test.each([
  [401, { kind: 'refused', reason: 'rejected', words: 'HTTP status 401', credentials: true }],
  [404, { kind: 'refused', reason: 'rejected', words: 'HTTP status 404' }],
  [503, { kind: 'failed', reason: 'unavailable', words: 'HTTP status 503', retryAfterMs: 3000 }],
])('HTTP %i of something on the way is judged like everywhere', async (status, answer) => {
  await using collector = await startCollector(stream =>
    stream.respond({ ':status': status, 'retry-after': '3' }, { endStream: true }),
  )
  expect(await send(collector.transport)).toEqual(answer)
})

test('no value of a configured header is in the words', async () => {
  await using collector = await startCollector(
    (stream, { authorization }) => fail(stream, 16, undefined, `${authorization} / ${authorization?.split(' ')[1]}`),
    { headers: { authorization: 'Bearer s3cret-token' } },
  )
  expect(await send(collector.transport)).toMatchObject({ words: 'gRPC status 16: [hidden] / [hidden]' })
})

test('a header that HTTP/2 does not allow is a refusal and no exception, and its value is not told', async () => {
  await using collector = await startCollector(stream => succeed(stream), { headers: { 'x-team': 'secret\nb' } })
  const answer = await send(collector.transport)
  expect(answer).toMatchObject({ kind: 'refused', reason: 'export_failed', words: expect.stringContaining('x-team') })
  expect(JSON.stringify(answer)).not.toContain('secret')
})

test.each<[string, Answering]>([
  ['never begins', () => {}],
  ['has only headers', stream => stream.respond({ ':status': 200 })],
  ['drips', drip],
])('an answer that %s is cut off at the deadline, and its session is not used again', async (_, answer) => {
  await using collector = await startCollector((stream, headers, visit) =>
    visit === 1 ? answer(stream, headers, visit) : succeed(stream),
  )
  expect(await send(collector.transport, 50)).toEqual({
    kind: 'failed',
    reason: 'timeout',
    words: 'no answer within 50 ms',
  })
  await expect.poll(collector.connections).toBe(0)
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
})

test('a connection over which nobody speaks HTTP/2 is cut off at the deadline', async () => {
  const sockets: Socket[] = []
  const server = createTcpServer(socket => sockets.push(socket.resume()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await using transport = openTransport({ protocol, url: addressOf(server) })
  expect(await send(transport, 100)).toMatchObject({ kind: 'failed', reason: 'timeout' })
  await expect.poll(() => sockets.every(socket => socket.closed)).toBe(true)
  server.close()
})

test('an answer beyond all measure is a refusal', async () => {
  await using collector = await startCollector(stream => {
    stream.respond({ ':status': 200 })
    stream.write(Buffer.alloc(5 * 1024 * 1024))
  })
  const words = 'an answer of more than 4194304 bytes'
  expect(await send(collector.transport)).toEqual({ kind: 'refused', reason: 'rejected', words })
})

test('a session that is kept serves the next call', async () => {
  const sessions = new Set<unknown>()
  await using collector = await startCollector(stream => {
    sessions.add(stream.session)
    succeed(stream)
  })
  for (let i = 0; i < 3; i++) expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  expect(sessions.size).toBe(1)
})

test.each<[string, (session: ServerHttp2Session) => void]>([
  ['is destroyed', session => session.destroy()],
  ['breaks', session => session.destroy(undefined, constants.NGHTTP2_INTERNAL_ERROR)],
  ['is going away', session => session.goaway(constants.NGHTTP2_NO_ERROR, 1)],
  ['is sent away', session => session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 1)],
])('a kept session that %s when it is used is replaced at once', async (_, end) => {
  await using collector = await startCollector((stream, _headers, visit) =>
    visit === 2 ? end(stream.session as ServerHttp2Session) : succeed(stream),
  )
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  expect(collector.visits()).toBe(3)
})

test('a new session that breaks is a failure and not tried again', async () => {
  await using collector = await startCollector(stream => stream.session?.destroy())
  expect(await send(collector.transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
  expect(collector.visits()).toBe(1)
})

test('a call that is reset is a failure', async () => {
  await using collector = await startCollector(stream => stream.close(constants.NGHTTP2_REFUSED_STREAM))
  expect(await send(collector.transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
})

test.each([
  ['http://localhost:1/', /ECONNREFUSED/],
  ['http://127.0.0.1:1/', /^connect ECONNREFUSED/],
  ['https://127.0.0.1:1/', /ECONNREFUSED/],
  ['http://no-such-name.invalid:4317/', /no-such-name/],
])('%s is unreachable, and the words say why', async (url, words) => {
  await using transport = openTransport({ protocol, url })
  expect(await send(transport)).toEqual({ kind: 'failed', reason: 'unreachable', words: expect.stringMatching(words) })
})

test('TLS towards something that does not speak it is unreachable', async () => {
  await using collector = await startCollector(stream => succeed(stream))
  await using transport = openTransport({ protocol, url: collector.url.replace('http:', 'https:') })
  expect(await send(transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
})

test('a certificate that cannot be read is a refusal and no exception', async () => {
  await using transport = openTransport({ protocol, url: 'https://127.0.0.1:1/', tls: { key: Buffer.from('no PEM') } })
  expect(await send(transport)).toMatchObject({ kind: 'refused', reason: 'export_failed' })
})

test('a connection that is kept is closed too when all is abandoned', async () => {
  await using collector = await startCollector(stream => succeed(stream))
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
  collector.transport.abandon()
  await expect.poll(collector.connections).toBe(0)
})

test('what is under way when it is abandoned is given up at once, and the next call goes out', async () => {
  await using collector = await startCollector((stream, _, visit) => visit > 1 && succeed(stream))
  const sending = send(collector.transport, 60_000)
  await expect.poll(collector.visits).toBe(1)
  collector.transport.abandon()
  expect(await sending).toMatchObject({ kind: 'failed', reason: 'timeout' })
  await expect.poll(collector.connections).toBe(0)
  expect(await send(collector.transport)).toMatchObject({ kind: 'accepted' })
})

type Answering = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, visit: number) => unknown

async function startCollector(answer: Answering, target: Partial<Target> = {}) {
  let visits = 0
  const server = createServer()
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
  })
  server.on('session', session => session.on('error', () => {}))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    void answer(stream, headers, (visits += 1))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = addressOf(server)
  const transport = openTransport({ protocol, url, ...target })
  return {
    url,
    transport,
    visits: () => visits,
    connections: () => open.size,
    [Symbol.asyncDispose]() {
      transport.abandon()
      for (const socket of open) socket.destroy()
      server.close()
      return Promise.resolve()
    },
  }
}

function addressOf(server: { address(): AddressInfo | string | null }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function finish(stream: ServerHttp2Stream, body: Buffer, trailers: Record<string, string>): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.end(body)
}

function succeed(stream: ServerHttp2Stream, message: Buffer = frame('')): void {
  finish(stream, message, { 'grpc-status': '0' })
}

function fail(stream: ServerHttp2Stream, code: number, details?: Buffer, message = 'no, really'): void {
  stream.respond(
    {
      ':status': 200,
      'grpc-status': String(code),
      'grpc-message': encodeURIComponent(message),
      ...(details && { 'grpc-status-details-bin': details.toString('base64') }),
    },
    { endStream: true },
  )
}

function frame(message: string): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, Buffer.from(message)])
}

function drip(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 })
  const dripping = setInterval(() => stream.write('.'), 10)
  stream.on('close', () => clearInterval(dripping))
}
