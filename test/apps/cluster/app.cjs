// app.mjs in CommonJS.
const cluster = require('node:cluster')
const { createServer } = require('node:http')
const { trace } = require('@opentelemetry/api')
const { setupOtel } = require('@org/otel')

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
  process.once('SIGTERM', () => server.close(() => cluster.worker.disconnect()))
}
