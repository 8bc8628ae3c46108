// An app with a copy of the API of its own: a request to itself, spans and a counter. All is made at module level.
const { createServer, get } = require('node:http')
const { metrics, trace } = require('@opentelemetry/api')

const tracer = trace.getTracer('own')
const counter = metrics.getMeter('own').createCounter('own.counter')

exports.run = () => {
  const server = createServer((_request, response) => {
    tracer.startSpan('inside').end()
    response.end()
  })
  server.listen(0, '127.0.0.1', () => {
    tracer.startActiveSpan('outside', span => {
      get(`http://127.0.0.1:${server.address().port}/`, response => {
        response.resume().on('end', () => {
          counter.add(1)
          span.end()
          server.close()
        })
      })
    })
  })
}
