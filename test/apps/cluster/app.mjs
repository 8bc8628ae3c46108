// A primary with a span of its own, and two workers that answer on one port and say who they are. SETUP says which of
// them call setupOtel(), and when.
import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'

const { SETUP } = process.env
if (SETUP === 'everywhere, deferred') setupOtel({ defer: true })
if (SETUP === 'in each worker' && cluster.isWorker) setupOtel()

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()]
  trace.getTracer('primary').startSpan('supervise').end()
  process.once('SIGTERM', () => workers.forEach(worker => worker.process.kill('SIGTERM')))
} else {
  const server = createServer((_req, res) => res.writeHead(200, { connection: 'close' }).end(`${process.pid}`))
  server.listen(0, '127.0.0.1', () => console.log('port', server.address().port))
  await once(process, 'SIGTERM')
  server.close(() => cluster.worker.disconnect())
}
