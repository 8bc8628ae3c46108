// Starts threads: two in spans of their own at the same time, one outside of any span. One of them starts another.
import { once } from 'node:events'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { trace } from '@opentelemetry/api'

const tracer = trace.getTracer('app')
const thread = name => once(new Worker(new URL(import.meta.url), { workerData: name }), 'exit')
const threadInSpan = (outer, name) =>
  tracer.startActiveSpan(outer, async span => {
    await thread(name)
    span.end()
  })

if (isMainThread) {
  await Promise.all([threadInSpan('a', 'in a'), threadInSpan('b', 'in b')])
  await thread('alone')
} else {
  tracer.startSpan(workerData).end()
  if (workerData === 'in a') await threadInSpan('c', 'in c')
}
