// Forks itself in a span and sends a message when that span is over. The child makes a span at once, one in a timer and
// one for the message, and serves HTTP.
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { trace } from '@opentelemetry/api'

const tracer = trace.getTracer('app')
if (process.send === undefined) {
  const child = tracer.startActiveSpan('fork', span => {
    const child = fork(import.meta.filename)
    span.end()
    return child
  })
  child.on('message', () => child.send('work'))
} else {
  tracer.startSpan('first').end()
  setTimeout(() => {
    tracer.startSpan('timer').end()
    process.send('ready')
  })
  process.on('message', () => {
    tracer.startSpan('message').end()
    const server = createServer((_request, response) => {
      tracer.startSpan('work of a request').end()
      response.end()
    })
    server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
  })
}
