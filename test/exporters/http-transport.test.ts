import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createHttpTransport } from '../../src/exporters/http-transport.ts'
import { createRetryingTransport } from '../../src/exporters/retrying-transport.ts'
import type { Transport } from '../../src/exporters/transport.ts'

const data = new TextEncoder().encode('spans')

test('a request has its body, its length and the headers of the configuration', async () => {
  await using collector = await startCollector(async (request, response) => {
    const body = await read(request)
    response.end(`${request.headers['content-type']} ${request.headers['x-team']} ${body}`)
  })
  const answer = Buffer.from('application/x-protobuf a spans')
  expect(await send(collector.transport)).toEqual({ status: 'success', data: answer })
})

test.each([400, 401, 404, 413, 500, 301])('HTTP %i is final, and its status and text are in the error', async code => {
  await using collector = await startCollector((_, response) => response.writeHead(code).end('because'))
  const response = await send(createRetryingTransport(collector.transport))
  expect(response).toMatchObject({ status: 'failure', error: { code, data: 'because' } })
  expect(collector.visits()).toBe(1)
})

test.each([429, 502, 503, 504])('HTTP %i is tried again after the pause that the collector asks for', async code => {
  await using collector = await startCollector((_, response, visit) =>
    visit === 1 ? response.writeHead(code, { 'retry-after': '0' }).end() : response.end(),
  )
  expect(await send(createRetryingTransport(collector.transport))).toMatchObject({ status: 'success' })
  expect(collector.visits()).toBe(2)
})

test('a pause longer than the time that is left is not waited for', async () => {
  await using collector = await startCollector((_, response) => response.writeHead(503, { 'retry-after': '60' }).end())
  expect(await send(createRetryingTransport(collector.transport))).toMatchObject({ status: 'retryable' })
  expect(collector.visits()).toBe(1)
})

test('the deadline is for the whole answer: one that drips is cut off', async () => {
  await using collector = await startCollector((_, response) => {
    response.writeHead(500)
    const drip = setInterval(() => response.write('.'), 10)
    response.on('close', () => clearInterval(drip))
  })
  expect(await send(collector.transport, 100)).toMatchObject({ status: 'failure' })
})

test('an answer that never begins is cut off at the deadline', async () => {
  await using collector = await startCollector(() => {})
  const response = await send(collector.transport, 50)
  expect(response).toMatchObject({ status: 'retryable', error: { message: 'no answer within 50 ms' } })
})

test('an answer beyond all measure is refused', async () => {
  await using collector = await startCollector((_, response) =>
    response.writeHead(500).end(Buffer.alloc(5 * 1024 * 1024)),
  )
  const response = await send(collector.transport)
  expect(response).toMatchObject({
    status: 'failure',
    error: { message: expect.stringContaining('an answer of more') },
  })
})

test('what waits for its next attempt is given up when the transport is shut down', async () => {
  await using collector = await startCollector((_, response) => response.writeHead(503, { 'retry-after': '5' }).end())
  const transport = createRetryingTransport(collector.transport)
  const sending = send(transport, 60_000)
  await expect.poll(collector.visits).toBe(1)
  await new Promise(resolve => setImmediate(resolve))
  transport.shutdown()
  expect(['retryable', 'failure']).toContain((await sending).status)
  expect(collector.visits()).toBe(1)
})

test('a header that HTTP does not allow is a failure and no exception', async () => {
  await using collector = await startCollector((_, response) => response.end(), { 'x-team': 'a\nb' })
  expect(await send(collector.transport)).toMatchObject({ status: 'failure' })
})

type Answer = (request: IncomingMessage, response: ServerResponse, visit: number) => unknown

async function startCollector(answer: Answer, headers: Record<string, string> = { 'x-team': 'a' }) {
  let visits = 0
  const server = createServer((request, response) => void answer(request, response, (visits += 1)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  const transport = createHttpTransport({
    url,
    headers,
    compression: 'none',
    tls: {},
    contentType: 'application/x-protobuf',
    userAgent: 'test',
  })
  return {
    transport,
    visits: () => visits,
    async [Symbol.asyncDispose]() {
      transport.shutdown()
      server.closeAllConnections()
      server.close()
    },
  }
}

function send(transport: Transport, timeoutMs = 5000) {
  return transport.send(data, timeoutMs)
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
