import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import type { Target } from '../../src/exporters/transport.ts'
import { localhostCertificate } from '../harness/localhost-certificate.ts'
import { openTransport, send } from './open-transport.ts'

const protocol = 'http/protobuf'
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const accepted = { kind: 'accepted', body: Buffer.from('ok') }

test('a request is these bytes', async () => {
  await using collector = await startCollector(socket => socket.write(ok), { headers: { 'X-Team': 'é' } })
  expect(await send(collector.transport)).toEqual(accepted)
  expect(collector.requests).toEqual([
    [
      'POST /v1/traces HTTP/1.1',
      `host: ${collector.host}`,
      'connection: keep-alive',
      'X-Team: é',
      'content-type: application/x-protobuf',
      'user-agent: test',
      'content-length: 5',
      '',
      'spans',
    ].join('\r\n'),
  ])
})

test('two at a time have a connection each, and one of them is kept', async () => {
  const both = Promise.withResolvers<void>()
  await using collector = await startCollector(async (socket, visit) => {
    if (visit === 2) both.resolve()
    await both.promise
    socket.write(ok)
  })
  expect(await Promise.all([send(collector.transport), send(collector.transport)])).toEqual([accepted, accepted])
  await expect.poll(collector.connections).toBe(1)
  expect(await send(collector.transport)).toEqual(accepted)
  expect(collector.connected()).toBe(2)
})

test.each([
  ['says that it closes it', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
  ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['would close it in a second', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'],
  ['says more than was asked', `${ok}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno`],
])('a connection is not kept where the server %s', async (_, answer) => {
  await using collector = await startCollector(socket => socket.write(answer))
  for (let i = 0; i < 2; i++) expect(await send(collector.transport)).toEqual(accepted)
  expect(collector.connected()).toBe(2)
  await expect.poll(collector.connections).toBe(0)
})

test('a connection is closed a second before the server would close it', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=2\r\ncontent-length: 2\r\n\r\nok'
  await using collector = await startCollector(socket => socket.write(answer))
  for (let i = 0; i < 2; i++) expect(await send(collector.transport)).toEqual(accepted)
  expect(collector.connected()).toBe(1)
  await sleep(500)
  expect(collector.connections()).toBe(1)
  await expect.poll(collector.connections, { timeout: 1500 }).toBe(0)
  expect(await send(collector.transport)).toEqual(accepted)
})

test('that second is not counted while an answer is waited for', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=2\r\ncontent-length: 2\r\n\r\nok'
  await using collector = await startCollector((socket, visit) =>
    setTimeout(() => socket.write(answer), visit === 1 ? 0 : 1500),
  )
  for (let i = 0; i < 2; i++) expect(await send(collector.transport)).toEqual(accepted)
  expect(collector.connected()).toBe(1)
})

test.each<[string, (socket: Socket) => void]>([
  ['closed', socket => socket.end()],
  ['reset', socket => socket.resetAndDestroy()],
  ['spoken on', socket => socket.write(ok)],
])('a connection that is %s while nobody asks is let go', async (_, act) => {
  await using collector = await startCollector(socket => socket.write(ok))
  expect(await send(collector.transport)).toEqual(accepted)
  act(collector.last())
  await expect.poll(collector.connections).toBe(0)
  expect(await send(collector.transport)).toEqual(accepted)
  expect(collector.requests.length).toBe(2)
})

test.each<[string, (socket: Socket) => void]>([
  ['closed', socket => socket.end()],
  ['reset', socket => socket.resetAndDestroy()],
])('a kept connection that is %s when it is asked again is replaced, once', async (_, act) => {
  await using collector = await startCollector((socket, visit) => (visit === 1 ? socket.write(ok) : act(socket)))
  expect(await send(collector.transport)).toEqual(accepted)
  expect(await send(collector.transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
  expect(collector.requests.length).toBe(3)
})

test.each(['H', 'HTTP/1.1 100 Continue\r\n\r\n'])(
  'a kept connection that is closed after it has said %j is not replaced',
  async part => {
    await using collector = await startCollector((socket, visit) => (visit === 1 ? socket.write(ok) : socket.end(part)))
    expect(await send(collector.transport)).toEqual(accepted)
    expect(await send(collector.transport)).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      words: 'socket hang up',
    })
    expect(collector.requests.length).toBe(2)
  },
)

test('an answer that ends with its connection is whole, and one that is reset is not', async () => {
  await using collector = await startCollector((socket, visit) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\nok')
    setTimeout(() => (visit === 1 ? socket.end() : socket.resetAndDestroy()), 50)
  })
  expect(await send(collector.transport)).toEqual(accepted)
  expect(await send(collector.transport)).toEqual({ kind: 'accepted' })
})

test('what is no HTTP is cut off at once, though it never ends a line', async () => {
  await using collector = await startCollector(socket => socket.write('+PONG'))
  expect(await send(collector.transport, 600_000)).toEqual({
    kind: 'failed',
    reason: 'unreachable',
    words: 'Parse Error: Expected HTTP/',
  })
  await expect.poll(collector.connections).toBe(0)
})

const large = Buffer.alloc(32 * 1024 * 1024)

test('an answer counts that comes before the request is read, and the rest of the request goes out', async () => {
  const { promise: all, resolve } = Promise.withResolvers<void>()
  await using collector = await startCollector(() => {})
  collector.server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    let bytes = 0
    socket.once('data', () => socket.pause().write(ok))
    setTimeout(() => socket.resume(), 200)
    socket.on('data', data => (bytes += data.length) > large.length && resolve())
  })
  expect(await collector.transport.send(large, 5000)).toEqual(accepted)
  expect(await send(collector.transport, 100), 'which the next one does not wait for').toEqual(accepted)
  await all
})

test('a refusal counts that comes before the request is read, though the connection is then closed', async () => {
  await using collector = await startCollector(() => {})
  collector.server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.pause().write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n')
      setTimeout(() => socket.destroy(), 100)
    })
  })
  const words = 'HTTP status 413: Too Large'
  expect(await collector.transport.send(large, 5000)).toEqual({ kind: 'refused', reason: 'rejected', words })
})

test('a request that the collector does not take in is cut off at the deadline', async () => {
  await using collector = await startCollector(() => {})
  collector.server.removeAllListeners('connection').on('connection', (socket: Socket) => socket.pause())
  expect(await collector.transport.send(large, 200)).toMatchObject({ kind: 'failed', reason: 'timeout' })
})

test('the patience with a body ends with it, and not in the next request', async () => {
  await using collector = await startCollector((socket, visit) => {
    if (visit === 1) socket.write(ok.slice(0, -2))
    setTimeout(() => socket.write(visit === 1 ? 'ok' : ok), visit * 100)
  })
  await using transport = openTransport({ protocol, url: collector.url }, 150)
  for (let i = 0; i < 2; i++) expect(await send(transport)).toEqual(accepted)
  expect(collector.connected()).toBe(1)
})

test('by TLS a connection is kept, and the next one resumes its session', async () => {
  const resumed: boolean[] = []
  await using collector = await startCollector(
    (socket, visit) => {
      if (visit !== 2) resumed.push((socket as TLSSocket).isSessionReused())
      socket.write(visit === 2 ? ok.replace('\r\n', '\r\nconnection: close\r\n') : ok)
    },
    { tls: trusting },
    'https://localhost',
  )
  for (let i = 0; i < 3; i++) expect(await send(collector.transport)).toEqual(accepted)
  expect(resumed).toEqual([false, true])
  expect(collector.connected()).toBe(2)
})

test('by TLS a session is forgotten whose connection was broken', async () => {
  const resumed: boolean[] = []
  let underneath: Socket | undefined
  await using collector = await startCollector(
    (socket, visit) => {
      resumed.push((socket as TLSSocket).isSessionReused())
      if (visit === 2) underneath?.resetAndDestroy()
      else socket.end(ok.replace('\r\n', '\r\nconnection: close\r\n'))
    },
    { tls: trusting },
    'https://localhost',
  )
  collector.server.on('connection', (socket: Socket) => (underneath = socket))
  expect(await send(collector.transport)).toEqual(accepted)
  expect(await send(collector.transport)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
  expect(await send(collector.transport)).toEqual(accepted)
  expect(resumed).toEqual([false, true, false])
})

test.each([
  ['its name', 'https://localhost', {}, 'localhost'],
  ['no name where it has only an address', 'https://127.0.0.1', {}, false],
  ['the name in a configured header', 'https://127.0.0.1', { host: 'localhost:4318' }, 'localhost'],
  ['no name where the header has only an address', 'https://localhost', { host: '127.0.0.1:4318' }, false],
])('by TLS a collector is called by %s', async (_, url, headers, name) => {
  const names: unknown[] = []
  await using collector = await startCollector(
    socket => {
      names.push((socket as TLSSocket & { servername: unknown }).servername)
      socket.write(ok)
    },
    { tls: trusting, headers },
    url,
  )
  expect(await send(collector.transport)).toEqual(accepted)
  expect(names).toEqual([name])
})

test('a collector whose certificate has another name gets nothing', async () => {
  await using collector = await startCollector(
    socket => socket.write(ok),
    { tls: trusting, headers: { host: 'collector.example' } },
    'https://localhost',
  )
  expect(await send(collector.transport)).toMatchObject({
    kind: 'failed',
    reason: 'unreachable',
    words: expect.stringMatching(/^Hostname\/IP does not match certificate's altnames/),
  })
  expect(collector.requests).toEqual([])
})

test('TLS that breaks off before it began is unreachable', async () => {
  const server = createServer(socket => socket.on('error', () => {}).once('data', () => socket.end()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await using transport = openTransport({ protocol, url })
  expect(await send(transport)).toEqual({
    kind: 'failed',
    reason: 'unreachable',
    words: 'Client network socket disconnected before secure TLS connection was established',
  })
  server.close()
})

const trusting: Target['tls'] = { ca: Buffer.from(localhostCertificate.cert) }

/** Answers with bytes, once a request is there as a whole. */
async function startCollector(
  answer: (socket: Socket, visit: number) => unknown,
  target: Partial<Target> = {},
  origin = 'http://127.0.0.1',
) {
  const requests: string[] = []
  const sockets: Socket[] = []
  const server: Server = origin.startsWith('https') ? createTlsServer(localhostCertificate) : createServer()
  const hear = (socket: Socket): void => {
    sockets.push(socket.on('error', () => {}))
    let heard = ''
    socket.on('data', data => {
      heard += data.toString('latin1')
      if (!heard.endsWith('\r\n\r\nspans')) return
      answer(socket, requests.push(heard))
      heard = ''
    })
  }
  server.on(origin.startsWith('https') ? 'secureConnection' : 'connection', hear)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const host = `${new URL(origin).host}:${(server.address() as AddressInfo).port}`
  const url = `${new URL(origin).protocol}//${host}/v1/traces`
  const transport = openTransport({ protocol, url, headers: {}, ...target })
  return {
    url,
    host,
    server,
    transport,
    /** In the order of their arrival. */
    requests,
    connected: () => sockets.length,
    connections: () => sockets.filter(socket => !socket.closed).length,
    last: () => sockets.at(-1)!,
    [Symbol.asyncDispose]() {
      transport.abandon()
      server.close()
      for (const socket of sockets) socket.destroy()
      return Promise.resolve()
    },
  }
}
