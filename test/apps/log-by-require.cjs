// Logs one line within a span: `node log-by-require.cjs pino`, with `late` behind it to set up after the logger was made.
const { trace } = require('@opentelemetry/api')

const loggers = {
  pino: () => require('pino')(),
  winston: () => {
    const { createLogger, transports } = require('winston')
    return createLogger({ transports: [new transports.Console()] })
  },
  bunyan: () => require('bunyan').createLogger({ name: 'app' }),
}

const [, , library, when] = process.argv
const logger = loggers[library]()
if (when === 'late') require('@org/otel').setupOtel()
trace.getTracer('app').startActiveSpan('work', span => {
  logger.info('working')
  span.end()
})
