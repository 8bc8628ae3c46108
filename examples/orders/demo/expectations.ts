import { addUp, type Arrived, type Span } from './receiver.ts'
import type { MetricName } from './report.ts'

const api = 'orders-api'
const worker = 'orders-worker'

/** What one order must leave behind: one row for each span, log line and metric. */
const spans: readonly { what: string; service: string; kind: string; attributes?: Record<string, string> }[] = [
  { what: 'the request', service: api, kind: 'SERVER', attributes: { 'http.route': '/orders' } },
  { what: 'the insert (pg)', service: api, kind: 'CLIENT', attributes: { 'db.system.name': 'postgresql' } },
  { what: 'the cached order (redis)', service: api, kind: 'CLIENT', attributes: { 'db.operation.name': 'SET' } },
  { what: 'the added job', service: api, kind: 'PRODUCER' },
  { what: 'the processed job', service: worker, kind: 'CONSUMER' },
  { what: 'the call to the carrier', service: worker, kind: 'CLIENT', attributes: { 'http.request.method': 'POST' } },
  { what: 'the update (pg)', service: worker, kind: 'CLIENT', attributes: { 'db.system.name': 'postgresql' } },
  { what: 'the cached order (ioredis)', service: worker, kind: 'CLIENT', attributes: { 'db.operation.name': 'SET' } },
]

const logs: readonly { service: string; body: string }[] = [
  { service: api, body: 'order received' },
  { service: worker, body: 'order shipped' },
]

export const metrics: readonly MetricName[] = [
  { name: 'orders.created', service: api },
  { name: 'http.server.request.duration', service: api },
  { name: 'http.client.request.duration', service: worker },
  { name: 'db.client.operation.duration', service: api },
  { name: 'db.client.operation.duration', service: worker },
  { name: 'messaging.client.sent.messages', service: api },
  { name: 'messaging.process.duration', service: worker },
  { name: 'bullmq.jobs.completed', service: worker },
]

/** What should have arrived and has not, in words; empty where everything is there. Metrics must count every order. */
export function findGaps(arrived: Arrived, orderCount: number): string[] {
  const roots = arrived.spans.filter(({ parentSpanId }) => !arrived.spans.some(({ spanId }) => spanId === parentSpanId))
  return [
    ...spans
      .filter(wanted => !arrived.spans.some(span => matches(span, wanted)))
      .map(({ what, service, kind }) => `the ${kind} span of ${service} for ${what}`),
    ...roots.slice(1).map(({ name }) => `the parent of the span "${name}"`),
    ...logs
      .filter(({ service, body }) => !arrived.logs.some(log => log.resourceName === service && log.body === body))
      .map(({ service, body }) => `the log line "${body}" of ${service} with this trace id`),
    ...metrics
      .map(wanted => ({ ...wanted, count: countOf(arrived, wanted) }))
      .filter(({ count }) => count < orderCount)
      .map(({ name, service, count }) => `the metric ${name} of ${service}: ${count} of at least ${orderCount}`),
  ]
}

function matches(span: Span, wanted: (typeof spans)[number]): boolean {
  const { attributes = {} } = wanted
  return (
    span.kind === wanted.kind &&
    span.attributes['service.name'] === wanted.service &&
    Object.entries(attributes).every(
      ([key, value]) => String(span.attributes[key]).toLowerCase() === value.toLowerCase(),
    )
  )
}

function countOf({ series }: Arrived, { name, service }: MetricName): number {
  const found = series.filter(one => one.name === name && one.service === service)
  return addUp(found, 'count') + addUp(found, 'value')
}
