import { trace } from '@opentelemetry/api'
import { pino } from 'pino'

const log = pino()

export default async function process(job) {
  await trace.getTracer('app').startActiveSpan('inside', async span => {
    log.info({ job: job.id }, 'inside')
    span.end()
  })
}
