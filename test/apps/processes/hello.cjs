// Preloaded after ours: each process and thread says that it is there, and is heard where telemetry runs.
const { logs, metrics, trace } = require('@opentelemetry/api')

metrics.getMeter('app').createCounter('hellos').add(1)
trace.getTracer('app').startActiveSpan('hello', span => {
  logs.getLogger('app').emit({ body: 'hello' })
  span.end()
})
