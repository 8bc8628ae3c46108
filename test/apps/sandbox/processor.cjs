const { trace } = require('@opentelemetry/api')
const { pino } = require('pino')

const log = pino()

module.exports = async function process(job) {
  await trace.getTracer('app').startActiveSpan('inside', async span => {
    log.info({ job: job.id }, 'inside')
    span.end()
  })
}
