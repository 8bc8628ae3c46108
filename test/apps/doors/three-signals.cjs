// What three-signals.mjs does, for CommonJS: there the API is another instance.
const { logs, metrics, SeverityNumber, trace } = require('@opentelemetry/api')

metrics.getMeter('app').createCounter('app.counter').add(3, { kind: 'x' })
trace.getTracer('app').startActiveSpan('work', span => {
  logs.getLogger('app').emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body: 'working' })
  span.end()
})
