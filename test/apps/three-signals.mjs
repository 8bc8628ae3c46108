// One span, one metric and one log record, made with the API alone, by a program that ends by itself.
import { logs, metrics, SeverityNumber, trace } from '@opentelemetry/api'

metrics.getMeter('app').createCounter('app.counter').add(3, { kind: 'x' })
trace.getTracer('app').startActiveSpan('work', span => {
  logs.getLogger('app').emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body: 'working' })
  span.end()
})
