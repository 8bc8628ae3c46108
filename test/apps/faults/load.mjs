// 1000 spans a second for as long as it runs, and what that does to the process. Wants --expose-gc.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'

const spansPerSecond = 1000
const otel = setupOtel()
const tracer = trace.getTracer('load')
const delay = monitorEventLoopDelay({ resolution: 1 })
const begin = performance.now()
let made = 0

const load = setInterval(() => {
  const goal = ((performance.now() - begin) / 1000) * spansPerSecond
  for (; made < goal; made++) {
    const attributes = {
      'http.request.method': 'GET',
      'url.path': `/orders/${made}`,
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      'server.address': 'orders.example.com',
      'server.port': 443,
    }
    tracer.startSpan('GET /orders/:id', { attributes }).end()
  }
}, 10)

const routes = {
  begin() {
    const heapBytes = measureHeap()
    delay.reset()
    delay.enable()
    return { heapBytes }
  },
  end() {
    delay.disable()
    const [p50Ms, p99Ms, maxMs] = [delay.percentile(50), delay.percentile(99), delay.max].map(ns => ns / 1e6)
    return { delay: { p50Ms, p99Ms, maxMs }, heapBytes: measureHeap() }
  },
  health: () => ({ made, health: otel.health() }),
  async shutdown() {
    clearInterval(load)
    await otel.shutdown(1000)
    setImmediate(() => server.close())
    return { made, health: otel.health() }
  },
}

/** What cannot be freed, buffers outside of the heap included. */
function measureHeap() {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const server = createServer(async (request, response) => {
  const answer = await routes[request.url.slice(1)]()
  response.writeHead(200, { connection: 'close' }).end(JSON.stringify(answer))
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
