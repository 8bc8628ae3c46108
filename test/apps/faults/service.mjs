// A service that records what it is asked to record, with the API alone, and shows its handle to the tests.
import { createServer } from 'node:http'
import { logs, metrics, SeverityNumber, trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'

const otel = setupOtel()
const tracer = trace.getTracer('service')
const logger = logs.getLogger('service')
const counter = metrics.getMeter('service').createCounter('service.counter')
let total = 0
let lines = 0

const routes = {
  record({ spans, logRecords, counts }) {
    for (let i = 0; i < spans; i++) tracer.startSpan(`work ${i}`).end()
    for (let i = 0; i < logRecords; i++) {
      logger.emit({ severityNumber: SeverityNumber.INFO, body: `line ${lines++}` })
    }
    if (counts > 0) counter.add(counts)
    total += counts
    console.log(`counted ${counts}`)
    return { total }
  },
  async flush({ timeoutMs }) {
    const begin = performance.now()
    await otel.flush(timeoutMs)
    return { tookMs: performance.now() - begin }
  },
  health: () => otel.health(),
  async shutdown({ timeoutMs }) {
    const begin = performance.now()
    await otel.shutdown(timeoutMs)
    return { tookMs: performance.now() - begin, health: otel.health() }
  },
  end() {
    setImmediate(() => {
      server.close()
      server.closeIdleConnections()
    })
    return {}
  },
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://service')
  const numbers = Object.fromEntries([...url.searchParams].map(([name, text]) => [name, Number(text)]))
  const answer = await routes[url.pathname.slice(1)](numbers)
  response.writeHead(200, { connection: 'close' }).end(JSON.stringify(answer))
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
