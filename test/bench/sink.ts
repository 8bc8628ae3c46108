// Takes whatever it is sent, from a process of its own, and counts when it is asked: decoding while services are measured
// would be work that the machine does for some of them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Arrivals, countArrivals, type Delivery } from './count-arrivals.ts'

export type SinkOrder = 'count'

let deliveries: Delivery[] = []

const ddInfo = { version: '7.70.0', endpoints: ['/v0.4/traces', '/v0.5/traces', '/telemetry/proxy/', '/v0.7/config'] }
const answers: Readonly<Record<string, string>> = {
  '/info': JSON.stringify(ddInfo),
  '/v0.4/traces': JSON.stringify({ rate_by_service: { 'service:,env:': 1 } }),
  '/v0.5/traces': JSON.stringify({ rate_by_service: { 'service:,env:': 1 } }),
  '/v0.7/config': '{}',
}

const server = createServer(async (request, response) => {
  const path = request.url?.split('?', 1)[0] ?? ''
  const encoding = request.headers['content-encoding']
  deliveries.push({ path, encoding, body: await buffer(request) })
  response.writeHead(200).end(answers[path] ?? '')
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send!({ answer: (server.address() as AddressInfo).port }))

/** What came since the last time. */
function count(): Readonly<Record<string, Arrivals>> {
  const counted = countArrivals(deliveries)
  deliveries = []
  return counted
}

process.on('message', () => process.send!({ answer: count() }))
process.on('disconnect', () => process.exit())
