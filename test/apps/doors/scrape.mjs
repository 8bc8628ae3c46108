// Counts, and prints what Prometheus would find once the server for it is there.
import { get } from 'node:http'
import { metrics } from '@opentelemetry/api'

const port = process.env.OTEL_EXPORTER_PROMETHEUS_PORT
metrics.getMeter('app').createCounter('app.counter').add(3)

function scrape() {
  get({ port, path: '/metrics', agent: false }, response => response.pipe(process.stdout)).on('error', () => {
    setTimeout(scrape, 10)
  })
}
scrape()
