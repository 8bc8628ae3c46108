import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Receiver } from '../../src/testing.ts'
import { startReceiver } from '../../src/testing.ts'
import { logExport, metricExport, traceExport, traceId } from './exports.ts'
import type { Way } from './send.ts'
import { call, frame, post, send } from './send.ts'

const ways: Way[] = (['http/protobuf', 'http/json', 'grpc'] as const).flatMap(protocol => [
  { protocol, isGzip: false },
  { protocol, isGzip: true },
])
const plain: Way = { protocol: 'http/json', isGzip: false }

async function started(): Promise<Receiver> {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  return receiver
}

describe.for(ways)('over $protocol, gzip: $isGzip', way => {
  test('a span arrives with all that it carries', async () => {
    const receiver = await started()
    expect((await send(receiver, 'trace', traceExport, way)).status).toBe(way.protocol === 'grpc' ? 0 : 200)
    expect(receiver.spans()).toEqual([
      {
        traceId,
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: 'eee19b7ec3c1b173',
        traceState: 'a=b',
        name: 'GET /users/:id',
        kind: 'SERVER',
        startTimeMs: 1_700_000_000_000,
        durationMs: 12.5,
        status: { code: 'ERROR', message: 'no such user' },
        attributes: {
          'http.route': '/users/:id',
          'http.response.status_code': 500,
          big: 9_007_199_254_740_993n,
          ratio: 0.25,
          cached: false,
          roles: ['a', 'b'],
          nested: { x: 1 },
          raw: new Uint8Array([1, 2, 3]),
          nothing: null,
        },
        events: [{ name: 'exception', timeMs: 1_700_000_000_001, attributes: { 'exception.type': 'TypeError' } }],
        links: [{ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '2', traceState: '', attributes: {} }],
        scope: { name: 'shop/lib', version: '1.2.3' },
        resource: { 'service.name': 'shop' },
      },
    ])
  })

  test('metrics of every type arrive with their points', async () => {
    const receiver = await started()
    await send(receiver, 'metrics', metricExport, way)
    const metrics = receiver.metrics()
    expect(metrics.map(({ name, type, temporality, isMonotonic }) => [name, type, temporality, isMonotonic])).toEqual([
      ['memory', 'gauge', undefined, false],
      ['orders', 'sum', 'CUMULATIVE', true],
      ['duration', 'histogram', 'DELTA', false],
      ['size', 'exponentialHistogram', 'CUMULATIVE', false],
      ['old', 'summary', undefined, false],
    ])
    const base = { attributes: { route: '/' }, startTimeMs: 1_700_000_000_000, timeMs: 1_700_000_001_000 }
    expect(metrics.flatMap(metric => metric.points)).toEqual([
      { ...base, value: -5, exemplars: [] },
      { ...base, value: 1.5, exemplars: [] },
      {
        ...base,
        count: 3,
        sum: 0.6,
        min: 0.1,
        max: 0.3,
        buckets: { bounds: [0.1, 1], counts: [1, 2, 0] },
        exemplars: [
          { value: 0.3, timeMs: 1_700_000_001_000, traceId, spanId: 'eee19b7ec3c1b174', attributes: { route: '/' } },
        ],
      },
      {
        ...base,
        count: 4,
        sum: 9,
        exponentialBuckets: {
          scale: -1,
          zeroCount: 1,
          positive: { offset: -2, counts: [1, 2] },
          negative: { offset: 0, counts: [] },
        },
        exemplars: [],
      },
      { ...base, count: 2, sum: 3, quantiles: [{ quantile: 0.5, value: 1.5 }] },
    ])
    expect(metrics[1]).toMatchObject({
      description: 'Orders taken',
      unit: '{order}',
      resource: { 'service.name': 'shop' },
    })
  })

  test('log records arrive with the ids of their span, or without any', async () => {
    const receiver = await started()
    await send(receiver, 'logs', logExport, way)
    expect(receiver.logs()).toMatchObject([
      {
        body: 'card refused',
        severityText: 'ERROR',
        severityNumber: 17,
        timeMs: 1_700_000_000_000,
        attributes: { order: 7 },
        traceId,
        spanId: 'eee19b7ec3c1b174',
        scope: { name: 'shop/lib' },
        resource: { 'service.name': 'shop' },
      },
      { body: 'outside of any span', severityNumber: 0, traceId: undefined, spanId: undefined },
    ])
  })
})

describe('what is not OTLP is refused and noted, and the receiver goes on', () => {
  const json = { 'content-type': 'application/json' }
  const protobuf = { 'content-type': 'application/x-protobuf' }
  const grpcPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

  test.for([
    { what: 'bytes that are no message', path: '/v1/traces', body: '\x0a\xff', headers: protobuf, status: 400 },
    { what: 'text that is no JSON', path: '/v1/traces', body: '{', headers: json, status: 400 },
    { what: 'JSON of another shape', path: '/v1/logs', body: '{"resourceLogs":5}', headers: json, status: 400 },
    { what: 'a list for a message', path: '/v1/logs', body: '[]', headers: json, status: 400 },
    {
      what: 'what claims to be gzip',
      path: '/v1/traces',
      body: '{}',
      headers: { ...json, 'content-encoding': 'gzip' },
      status: 400,
    },
    {
      what: 'a compression that is not known',
      path: '/v1/traces',
      body: '{}',
      headers: { ...json, 'content-encoding': 'br' },
      status: 400,
    },
    { what: 'a path that is not known', path: '/v1/trace', body: '{}', headers: json, status: 404 },
    {
      what: 'an unknown content type',
      path: '/v1/traces',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
      status: 415,
    },
  ])('$what: $status', async ({ path, body, headers, status }) => {
    const receiver = await started()
    const answer = await post(receiver.url + path, Buffer.from(body, 'latin1'), headers)
    expect(answer.status).toBe(status)
    expect(receiver.requests()).toMatchObject([{ path, bytes: body.length, refusal: answer.message.trim() }])
    expect((await send(receiver, 'trace', traceExport, plain)).status).toBe(200)
  })

  test.for([
    { what: 'bytes that are no message', path: grpcPath, body: frame(Buffer.from([0x0a, 0xff]), false), status: 3 },
    { what: 'half a frame', path: grpcPath, body: Buffer.from([0, 0, 0]), status: 3 },
    { what: 'a frame shorter than it says', path: grpcPath, body: Buffer.from([0, 0, 0, 0, 9, 1]), status: 3 },
    { what: 'what claims to be compressed', path: grpcPath, body: frame(Buffer.from('x'), true), status: 3 },
    { what: 'an unknown method', path: '/some.Service/Method', body: frame(Buffer.alloc(0), false), status: 12 },
  ])('over gRPC, $what: status $status', async ({ path, body, status }) => {
    const receiver = await started()
    const answer = await call(receiver.grpcUrl, path, body)
    expect(answer.status).toBe(status)
    expect(answer.message).not.toBe('')
    expect(receiver.requests()).toMatchObject([{ path, refusal: answer.message }])
    expect((await send(receiver, 'trace', traceExport, { protocol: 'grpc', isGzip: false })).status).toBe(0)
  })

  test('a deep nest of lists is refused', async () => {
    const receiver = await started()
    const depth = 20_000
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`
    expect((await post(`${receiver.url}/v1/logs`, body, json)).status).toBe(400)
  })

  test('a client that leaves in the middle of its request is no harm', async () => {
    const receiver = await started()
    const socket = connect(Number(new URL(receiver.url).port), '127.0.0.1')
    socket.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf')
    await once(socket, 'connect')
    socket.destroy()
    expect((await send(receiver, 'trace', traceExport, plain)).status).toBe(200)
  })
})

test('its variables lead a program to it', async () => {
  const receiver = await started()
  expect(receiver.env).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_NODE_EXIT_TIMEOUT: '10000',
  })
})

test('requests are kept with their headers and their size on the wire', async () => {
  const receiver = await started()
  await send(receiver, 'trace', traceExport, { protocol: 'http/json', isGzip: true })
  const [request] = receiver.requests()
  expect(request).toMatchObject({ path: '/v1/traces', headers: { 'content-encoding': 'gzip' }, refusal: undefined })
  expect(request?.bytes).toBe(Number(request?.headers['content-length']))
})

describe('waitFor', () => {
  test('resolves to what is there already', async () => {
    const receiver = await started()
    await send(receiver, 'trace', traceExport, plain)
    expect(await receiver.waitFor(r => r.spans()[0]?.name)).toBe('GET /users/:id')
  })

  test('resolves to what comes later', async () => {
    const receiver = await started()
    const span = receiver.waitFor(r => r.spans().find(({ kind }) => kind === 'SERVER'))
    await send(receiver, 'logs', logExport, plain)
    await send(receiver, 'trace', traceExport, plain)
    expect((await span).name).toBe('GET /users/:id')
  })

  test('takes an empty text and zero for an answer', async () => {
    const receiver = await started()
    expect(await receiver.waitFor(r => r.spans().length)).toBe(0)
  })

  test('tells what has arrived instead when time is up', async () => {
    const receiver = await started()
    await send(receiver, 'trace', traceExport, plain)
    await send(receiver, 'metrics', metricExport, plain)
    await send(receiver, 'logs', logExport, plain)
    await post(`${receiver.url}/v1/trace`, '{}', {})
    const failure = await receiver.waitFor(() => undefined, { timeoutMs: 1 }).catch(error => error.message)
    expect(failure).toContain('not seen within 1 ms')
    expect(failure).toContain('4 requests: 1 spans, 5 metrics, 2 log records')
    expect(failure).toContain('404: nothing is received at /v1/trace')
    expect(failure).toMatch(/GET \/users\/:id +shop +SERVER +12\.5 ms +✗ no such user/)
    expect(failure).toContain('duration (histogram)')
    expect(failure).toContain('ERROR card refused')
  })

  test('says so when nothing has arrived at all', async () => {
    const receiver = await started()
    await expect(receiver.waitFor(() => false, { timeoutMs: 1 })).rejects.toThrow('no request at all')
  })

  test('rejects with the error of a predicate that throws', async () => {
    const receiver = await started()
    const wait = receiver.waitFor(() => {
      throw new TypeError('mine')
    })
    await expect(wait).rejects.toThrow('mine')
  })

  test('rejects when the receiver is closed meanwhile', async () => {
    const receiver = await startReceiver()
    const failure = receiver.waitFor(() => false).catch((error: Error) => error.message)
    await receiver.close()
    expect(await failure).toContain('the receiver was closed')
  })
})

test('clear forgets everything', async () => {
  const receiver = await started()
  await send(receiver, 'trace', traceExport, plain)
  receiver.clear()
  expect([...receiver.spans(), ...receiver.requests()]).toEqual([])
})

test('a port that is taken is reported, and nothing stays open', async () => {
  const receiver = await started()
  const grpcPort = Number(new URL(receiver.grpcUrl).port)
  await expect(startReceiver({ grpcPort })).rejects.toThrow('EADDRINUSE')
  await expect(startReceiver({ port: Number(new URL(receiver.url).port) })).rejects.toThrow('EADDRINUSE')
})

test('closing frees both ports though clients stay connected, and may be asked for twice', async () => {
  const receiver = await startReceiver()
  const idle = [receiver.url, receiver.grpcUrl].map(url =>
    connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
  )
  await Promise.all(idle.map(socket => once(socket, 'connect')))
  await Promise.all([receiver.close(), receiver.close()])
  idle.forEach(socket => socket.destroy())
  const ports = [receiver.url, receiver.grpcUrl].map(url => Number(new URL(url).port))
  await using again = await startReceiver({ port: ports[0] ?? 0, grpcPort: ports[1] ?? 0 })
  expect(again.url).toBe(receiver.url)
})
