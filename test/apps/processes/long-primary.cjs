// A cluster of two that lives until it is told to end, and asks for telemetry of each kind all the while.
const cluster = require('node:cluster')
const { once } = require('node:events')

setInterval(() => require('@opentelemetry/api').trace.getTracer('app').startSpan('tick').end(), 50)

async function run() {
  // What the primary would send goes to a collector of its own.
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: process.env.WORKERS_ENDPOINT }
  await Promise.all([1, 2].map(() => once(cluster.fork(env), 'online')))
  console.log('forked by', process.pid)
}
if (cluster.isPrimary) void run()
