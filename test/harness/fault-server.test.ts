import { once } from 'node:events'
import { get } from 'node:https'
import { describe, expect, test } from 'vitest'
import { type Answer, call, frame, post } from '../receiver/send.ts'
import { type Behaviour, type FaultServer, startFaultServer } from './fault-server.ts'
import { localhostCertificate } from './localhost-certificate.ts'

const json = { 'content-type': 'application/json', authorization: 'Bearer x' }
const ids = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }
const three = ['a', 'b', 'c'].map(name => ({ ...ids, name }))
const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: three }] }] })
const grpcPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

describe.concurrent('over HTTP', () => {
  test.each<[Behaviour, number, number, string]>([
    ['ok', 200, 3, '{}'],
    ['400', 400, 0, 'span name is too long'],
    ['401', 401, 0, 'Bearer x'],
    ['403', 403, 0, 'tenant'],
    ['413', 413, 0, 'too large'],
    ['429 for 1 s', 429, 0, 'slow down'],
    ['500', 500, 0, 'broken'],
    ['503', 503, 0, 'full'],
    ['garbage', 200, 3, '\ufffd'],
    ['html', 200, 3, '<h1>'],
    ['partial success', 200, 2, '"rejectedSpans":"1"'],
    ['huge answer', 200, 3, '\0\0\0\0'],
    ['slow', 200, 3, '{}'],
  ])('%s is answered with %i and takes %i of 3 spans', async (behaviour, status, taken, words) => {
    await using server = await startFaultServer({ behaviour })
    const answer = await send(server)
    expect(answer.status).toBe(status)
    expect(answer.message).toContain(words)
    expect(server.spans()).toHaveLength(taken)
    expect(server.knocks()).toMatchObject([{ behaviour, signal: 'traces', path: '/v1/traces' }])
  })

  test('429 and 307 say where and when', async () => {
    await using server = await startFaultServer({ behaviour: '429 for 60 s' })
    const [url, options] = [`${server.url}/v1/traces`, { method: 'POST', body, headers: json } as const]
    expect((await fetch(url, options)).headers.get('retry-after')).toBe('60')
    await server.behave('redirect')
    const { status, headers } = await fetch(url, { ...options, redirect: 'manual' })
    expect([status, headers.get('location')]).toEqual([307, '/elsewhere/v1/traces'])
  })

  test.each<Behaviour>(['hang', 'drip-head', 'drip-body', 'reset', 'refuse'])('%s gives no answer', async behaviour => {
    await using server = await startFaultServer({ behaviour })
    await expect(send(server, AbortSignal.timeout(500))).rejects.toThrow(
      behaviour === 'refuse' || behaviour === 'reset' ? 'fetch failed' : 'aborted due to timeout',
    )
    expect(server.knocks()).toHaveLength(behaviour === 'refuse' ? 0 : 1)

    await server.behave('ok')
    expect(await send(server)).toEqual({ status: 200, message: '{}' })
  })

  test('a certificate that nobody else has signed', async () => {
    await using server = await startFaultServer({ tls: true })
    await expect(once(get(server.url), 'response')).rejects.toThrow('self-signed certificate')
    const [response] = await once(get(server.url, { ca: localhostCertificate.cert }), 'response')
    expect(response.resume().statusCode).toBe(404)
  })
})

describe.concurrent('over gRPC', () => {
  test.each<[Behaviour, Answer]>([
    ['ok', { status: 0, message: '' }],
    ['unauthenticated', { status: 16, message: 'who is "undefined"? ask the platform team' }],
    ['unavailable', { status: 14, message: 'the sending queue is full' }],
    ['invalid argument', { status: 3, message: 'span name is too long' }],
    ['partial success', { status: 0, message: '' }],
  ])('%s', async (behaviour, answer) => {
    await using server = await startFaultServer({ protocol: 'grpc', behaviour })
    expect(await call(server.url, grpcPath, frame(Buffer.alloc(0), false))).toEqual(answer)
    expect(server.knocks()).toMatchObject([{ behaviour, signal: 'traces' }])
  })

  test.each<Behaviour>(['hang', 'reset', 'refuse'])('%s gives no answer until it is over', async behaviour => {
    await using server = await startFaultServer({ protocol: 'grpc', behaviour })
    if (behaviour !== 'refuse') {
      const early = call(server.url, grpcPath, frame(Buffer.alloc(0), false)).catch(() => ({ status: Number.NaN }))
      await server.waitFor(({ knocks }) => knocks().length === 1)
      if (behaviour === 'reset') expect((await early).status).toBeNaN()
    }

    await server.behave('ok')
    expect(await call(server.url, grpcPath, frame(Buffer.alloc(0), false))).toEqual({ status: 0, message: '' })
  })
})

test('what is waited for in vain is told with what came in', async () => {
  await using server = await startFaultServer()
  await send(server)
  await expect(server.waitFor(({ logs }) => logs().length > 0, 100)).rejects.toThrow(/3 spans.*\n1 x ok \/v1\/traces/)
})

async function send(server: FaultServer, signal?: AbortSignal): Promise<Answer> {
  if (signal === undefined) return post(`${server.url}/v1/traces`, body, json)
  const response = await fetch(`${server.url}/v1/traces`, { method: 'POST', body, headers: json, signal })
  return { status: response.status, message: await response.text() }
}
