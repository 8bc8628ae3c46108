import { gunzipSync } from 'node:zlib'
import { decodeExport } from '../../src/receiver/decode-export.ts'
import { decodeMsgpack } from './decode-msgpack.ts'

/** One request as it came. */
export interface Delivery {
  readonly path: string
  readonly encoding: string | undefined
  readonly body: Buffer
}

/** How many of each kind came from one service: `span GET /users/:id`, `spans`, `metric http.server.request.duration`. */
export type Arrivals = Readonly<Record<string, number>>

type Count = (service: string, what: string, set?: number) => void

const readers: Readonly<Record<string, (body: Buffer, count: Count) => void>> = {
  '/v1/traces': readSpans,
  '/v1/metrics': readMetrics,
  '/v0.4/traces': readDatadogTraces,
}

export function countArrivals(deliveries: readonly Delivery[]): Readonly<Record<string, Arrivals>> {
  const services: Record<string, Record<string, number>> = {}
  const count: Count = (service, what, set) => {
    const arrivals = (services[service] ??= {})
    arrivals[what] = set ?? (arrivals[what] ?? 0) + 1
  }
  for (const { path, encoding, body } of deliveries)
    readers[path]?.(encoding === 'gzip' ? gunzipSync(body) : body, count)
  return services
}

function readSpans(body: Buffer, count: Count): void {
  for (const span of decodeExport('traces', 'protobuf', body).spans ?? []) {
    const service = String(span.resource['service.name'])
    count(service, 'spans')
    const { 'http.route': route, 'db.system.name': system, 'db.query.text': query } = span.attributes
    if (span.kind === 'SERVER') count(service, `SERVER ${span.name} ${route}`)
    if (span.kind === 'CLIENT' && (query !== undefined || system === undefined))
      // not those of connections
      count(service, `CLIENT ${system ?? 'http'}`)
  }
}

/** Those of requests are cumulative: what came last is how many there were. */
function readMetrics(body: Buffer, count: Count): void {
  for (const { name, resource, points } of decodeExport('metrics', 'protobuf', body).metrics ?? []) {
    const service = String(resource['service.name'])
    count(service, 'metrics')
    const recorded = new Map<string, number>()
    for (const { count = 0, attributes } of points) {
      const what = [name, attributes['http.route'] ?? []].flat().join(' ')
      recorded.set(what, (recorded.get(what) ?? 0) + count)
    }
    for (const [what, times] of recorded) if (times > 0) count(service, what, times)
  }
}

interface DatadogSpan {
  readonly service: string
  readonly name: string
  readonly resource: string
  readonly type: string
  readonly meta: Readonly<Record<string, string>>
}

const datadogClients: Readonly<Record<string, string>> = {
  'pg.query': 'postgresql',
  'redis.command': 'redis',
  'http.request': 'http',
}

function readDatadogTraces(body: Buffer, count: Count): void {
  for (const { service, name, resource, meta } of (decodeMsgpack(body) as DatadogSpan[][]).flat()) {
    const of = meta['_dd.base_service'] ?? service
    count(of, 'spans')
    if (meta['span.kind'] === 'server') count(of, `SERVER ${resource} ${meta['http.route']}`)
    const client = datadogClients[name]
    if (client !== undefined) count(of, `CLIENT ${client}`)
  }
}
