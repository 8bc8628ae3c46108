// Logs one line within a span, which a thread of pino writes.
import { trace } from '@opentelemetry/api'
import { pino } from 'pino'

const logger = pino(pino.transport({ target: 'pino/file' }))
trace.getTracer('app').startActiveSpan('work', span => {
  logger.info('working')
  span.end()
})
