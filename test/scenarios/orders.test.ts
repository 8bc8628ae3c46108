import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatTrace, type ReceivedLog, type ReceivedSpan, type Receiver, startReceiver } from '../../src/testing.ts'
import { type App, startApp } from '../harness/app.ts'
import { nodeBinary } from '../harness/node-binary.ts'
import { type PrivateServer, privatePostgres, privateRedis } from '../harness/private-services.ts'

const example = join(import.meta.dirname, '../../examples/orders')
const secret = 'pssst-4711'

let carrier: Server
let servers: PrivateServer[]
let receiver: Receiver
let apps: App[]
let spans: readonly ReceivedSpan[]
let logs: readonly ReceivedLog[]

/** One order, through the example's own entrypoints, with nothing but variables around them. */
beforeAll(async () => {
  carrier = createServer((_req, res) => res.writeHead(201).end('{"tracking":"PKG-1"}'))
  carrier.listen(0, '127.0.0.1')
  servers = await Promise.all([privatePostgres(), privateRedis()])
  receiver = await startReceiver()
  const env = {
    ...receiver.env,
    DATABASE_URL: servers[0]!.url,
    REDIS_URL: servers[1]!.url,
    CARRIER_URL: `http://127.0.0.1:${(carrier.address() as AddressInfo).port}`,
    PORT: '0',
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${secret}`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_BLRP_SCHEDULE_DELAY: '50',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    // The programs are TypeScript; the oldest Node strips types only when it is asked to.
    NODE_OPTIONS: '--experimental-strip-types --disable-warning=ExperimentalWarning',
    PATH: `${dirname(nodeBinary())}:${process.env['PATH']}`,
  }
  const start = (name: string, ready: RegExp) => startApp({ node: 'sh', file: join(example, `${name}.sh`), env, ready })
  apps = await Promise.all([start('api', /"port":(\d+)/), start('worker', /waiting for orders/)])
  const [, port] = await apps[0]!.waitForLine(/"port":(\d+)/)
  const response = await fetch(`http://127.0.0.1:${port}/orders?token=${secret}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ item: secret, quantity: 2 }),
  })
  expect(response.status).toBe(201)
  const { traceId } = await receiver.waitFor(r => r.logs().find(log => log.body === 'order shipped'))
  const ofOrder = (span: ReceivedSpan) => span.traceId === traceId
  await receiver.waitFor(r => r.spans().filter(ofOrder).length >= expectedSpans.length)
  await receiver.waitFor(r => r.logs().some(log => log.body === 'order received'))
  await receiver.waitFor(r =>
    expectedMetrics.every(({ name, service }) =>
      r.metrics().some(metric => metric.name === name && metric.resource['service.name'] === service),
    ),
  )
  spans = receiver.spans().filter(ofOrder)
  logs = receiver.logs()
})

afterAll(async () => {
  await Promise.all(apps.map(app => app.stop('SIGTERM')))
  await receiver.close()
  carrier.close()
  for (const server of servers) await server[Symbol.asyncDispose]()
})

/** Each line: service, kind, name, and below whom. */
const expectedSpans = [
  'orders-api SERVER POST /orders',
  'orders-api CLIENT pg.query:INSERT < POST /orders',
  'orders-api CLIENT redis-SET < POST /orders',
  'orders-api PRODUCER add fulfilment < POST /orders',
  'orders-api CLIENT evalsha < add fulfilment',
  'orders-worker CONSUMER process fulfilment < add fulfilment',
  'orders-worker CLIENT POST < process fulfilment',
  'orders-worker CLIENT pg.query:UPDATE < process fulfilment',
  'orders-worker CLIENT set < process fulfilment',
  'orders-worker CLIENT evalsha < process fulfilment',
]

test('one order is one trace across both services, with one span for each operation', () => {
  const seen = spans.map(span => {
    const parent = spans.find(other => other.spanId === span.parentSpanId)
    const line = `${span.resource['service.name']} ${span.kind} ${shortName(span)}`
    return parent === undefined ? line : `${line} < ${shortName(parent)}`
  })
  expect(seen.toSorted(), formatTrace(spans)).toEqual(expectedSpans.toSorted())
})

test('the server span has the route', () => {
  expect(find(spans, 'POST /orders')).toMatchObject({
    kind: 'SERVER',
    attributes: { 'http.route': '/orders', 'http.request.method': 'POST', 'http.response.status_code': 201 },
  })
})

test('the log lines of both services carry the id of the trace, on stdout and where they arrive', () => {
  const traceId = spans[0]?.traceId
  for (const body of ['order received', 'order shipped']) {
    const log = logs.find(record => record.body === body)
    expect(log).toMatchObject({ traceId, severityText: 'info' })
    expect(spans.map(span => span.spanId)).toContain(log?.spanId)
  }
  for (const app of apps) {
    const line = app.stdout.split('\n').find(text => /"order (received|shipped)"/.test(text))
    expect(JSON.parse(line!)).toMatchObject({ trace_id: traceId, span_id: expect.any(String), trace_flags: '01' })
  }
})

const expectedMetrics = [
  { name: 'orders.created', service: 'orders-api' },
  { name: 'http.server.request.duration', service: 'orders-api' },
  { name: 'db.client.operation.duration', service: 'orders-api' },
  { name: 'messaging.client.sent.messages', service: 'orders-api' },
  { name: 'db.client.operation.duration', service: 'orders-worker' },
  { name: 'http.client.request.duration', service: 'orders-worker' },
  { name: 'messaging.process.duration', service: 'orders-worker' },
  { name: 'bullmq.jobs.completed', service: 'orders-worker' },
  { name: 'nodejs.eventloop.utilization', service: 'orders-worker' },
]

test.each(expectedMetrics)('$name arrives from $service', ({ name, service }) => {
  const metrics = receiver.metrics().filter(metric => metric.resource['service.name'] === service)
  expect(metrics.map(metric => metric.name)).toContain(name)
})

test('the export of telemetry is neither a span nor a measurement', () => {
  const port = Number(new URL(receiver.url).port)
  const measured = receiver.metrics().filter(metric => metric.name === 'http.client.request.duration')
  const seen = [...receiver.spans(), ...measured.flatMap(metric => metric.points)]
  expect(seen.map(thing => thing.attributes['server.port'])).not.toContain(port)
})

test('nothing but the order is a trace: no polling, no connecting, no locks', () => {
  const others = receiver.spans().filter(span => span.traceId !== spans[0]?.traceId)
  expect(others, formatTrace(others)).toEqual([])
})

test('neither a credential nor a payload leaves, whether in an attribute, a name or a line of ours', () => {
  const arrived = JSON.stringify([spans, receiver.metrics()])
  expect(arrived).not.toContain(secret)
  for (const app of apps) expect(app.stderr).toBe('')
})

function shortName(span: ReceivedSpan): string {
  return span.name.replace(/ test_\w+$/, '') // the database of this test
}

function find(among: readonly ReceivedSpan[], name: string): ReceivedSpan | undefined {
  return among.find(span => shortName(span) === name)
}
