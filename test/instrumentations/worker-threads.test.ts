import { once } from 'node:events'
import { getEnvironmentData, setEnvironmentData, Worker } from 'node:worker_threads'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installWorkerThreads } from '../../src/instrumentations/worker-threads.ts'
import { createPropagation } from '../../src/providers/propagators.ts'

const code = `
  const { getEnvironmentData, parentPort } = require('node:worker_threads')
  parentPort.postMessage(getEnvironmentData('@org/otel'))
`
const traceId = '11111111111111111111111111111111'
const propagators = createPropagation({ propagators: ['tracecontext'], processPropagation: true }, {})

let undo: () => void
beforeEach(() => {
  propagators.install()
  undo = installWorkerThreads()
})
afterEach(() => {
  undo()
  propagators.uninstall()
})

async function readInThread(worker: Worker): Promise<unknown> {
  const [data] = await once(worker, 'message')
  return data
}

function startIn(spanId: string): Worker {
  const active = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 })
  return context.with(active, () => new Worker(code, { eval: true }))
}

test('each thread is told the context in which it was made', async () => {
  const workers = [startIn('2222222222222222'), startIn('3333333333333333')]
  expect(await Promise.all(workers.map(readInThread))).toEqual([
    { carrier: { TRACEPARENT: `00-${traceId}-2222222222222222-01` } },
    { carrier: { TRACEPARENT: `00-${traceId}-3333333333333333-01` } },
  ])
})

test('outside of spans there is nothing to tell', async () => {
  expect(await readInThread(new Worker(code, { eval: true }))).toEqual({ carrier: {} })
})

test('a propagator that throws costs no thread', async () => {
  propagators.uninstall()
  propagation.setGlobalPropagator({
    inject() {
      throw new Error('inject')
    },
    extract: context => context,
    fields: () => [],
  })
  expect(await readInThread(startIn('2222222222222222'))).toEqual({ carrier: {} })
})

test('the undo brings back what was there, and leaves what came later', () => {
  undo()
  expect(getEnvironmentData('@org/otel')).toBeUndefined()
  setEnvironmentData('@org/otel', 'before')
  const again = installWorkerThreads()
  again()
  expect(getEnvironmentData('@org/otel')).toBe('before')
  setEnvironmentData('@org/otel', 'later')
  again()
  expect(getEnvironmentData('@org/otel')).toBe('later')
  setEnvironmentData('@org/otel', undefined)
})
