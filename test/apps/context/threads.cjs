// The same in CommonJS, set up by each thread itself.
require('@org/otel').setupOtel()

const { once } = require('node:events')
const { isMainThread, Worker, workerData } = require('node:worker_threads')
const { trace } = require('@opentelemetry/api')

const tracer = trace.getTracer('app')
const thread = name => once(new Worker(__filename, { workerData: name }), 'exit')
const threadInSpan = (outer, name) =>
  tracer.startActiveSpan(outer, async span => {
    await thread(name)
    span.end()
  })

async function main() {
  if (isMainThread) {
    await Promise.all([threadInSpan('a', 'in a'), threadInSpan('b', 'in b')])
    await thread('alone')
  } else {
    tracer.startSpan(workerData).end()
    if (workerData === 'in a') await threadInSpan('c', 'in c')
  }
}

void main()
