import { once } from 'node:events'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { propagation } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import type { Telemetry } from 'bullmq'
import { afterEach, expect, test } from 'vitest'
import { BullMQInstrumentation } from '../../../src/instrumentations/bullmq/instrumentation.ts'
import { Bench, bullmq, inSpan, instrumentation, loadAnotherCopy, tracerProvider, watching } from './lab.ts'

afterEach(() => {
  instrumentation.enable()
  instrumentation.setTracerProvider(tracerProvider)
  propagation.disable()
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})

/** As an application writes its own. */
function ownTelemetry(): { telemetry: Telemetry; heard: string[] } {
  const heard: string[] = []
  const span = { setAttribute() {}, setAttributes() {}, addEvent() {}, recordException() {}, end() {} }
  const telemetry: Telemetry = {
    tracer: { startSpan: name => (heard.push(name), { ...span, setSpanOnContext: (ctx: unknown) => ctx }) },
    contextManager: {
      with: (_ctx, work) => work(),
      active: () => ({}),
      getMetadata: () => '',
      fromMetadata: ctx => ctx,
    },
  }
  return { telemetry, heard }
}

test("the application's own telemetry wins", async () => {
  const { telemetry, heard } = ownTelemetry()
  await using bench = new Bench(bullmq, { telemetry })
  bench.work(async () => {}, { telemetry })
  await bench.queue.add('buy', {})
  await bench.flows({ telemetry }).add({ name: 'order', queueName: bench.name })
  await expect.poll(() => heard.filter(name => name === `process ${bench.name}`)).toHaveLength(2)
  expect(heard).toEqual(expect.arrayContaining([`add ${bench.name}.buy`, `addFlow ${bench.name}`]))
  expect(bench.spans()).toEqual([])
})

test('telemetry that the application sets later wins from then on', async () => {
  const { telemetry, heard } = ownTelemetry()
  await using bench = new Bench()
  await bench.queue.add('first', {})
  bench.queue.opts.telemetry = telemetry
  await bench.queue.add('second', {})
  expect(heard).toEqual([`add ${bench.name}.second`])
  expect(bench.named(`add ${bench.name}`)).toHaveLength(1)
})

test('our telemetry does not travel with the options of a queue', async () => {
  await using bench = new Bench()
  await bench.queue.add('buy', {})
  expect(Object.keys(bench.queue.opts)).not.toContain('telemetry')
  const other = bench.open(new bullmq.Queue(`${bench.name}-other`, bench.queue.opts))
  await other.add('buy', {})
  expect(bench.named(`add ${bench.name}-other`)).toHaveLength(1)
})

test('two instrumentations make one span of everything', async () => {
  const second = watching(new BullMQInstrumentation())
  patch(second, bullmq)
  await using bench = new Bench()
  bench.work(async () => {})
  await bench.queue.add('buy', {})
  await bench.ended(`process ${bench.name}`)
  second.disable()
  expect(bench.spans()).toHaveLength(2)
})

test('several copies of BullMQ in one application are all told of', async () => {
  const copy = loadAnotherCopy()
  expect(copy.Queue).not.toBe(bullmq.Queue)
  await using bench = new Bench(copy)
  await using worker = new Bench()
  worker.work(async () => {}, {}, bench.name)
  await inSpan('request', () => bench.queue.add('buy', {}))
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt.parent).toBe(bench.named(`add ${bench.name}`)[0]?.id)
})

test('queues and workers from before the instrumentation take part', async () => {
  instrumentation.disable()
  await using bench = new Bench()
  const worker = bench.work(async () => {})
  const untold = once(worker, 'completed')
  await bench.queue.add('untold', {})
  await untold
  const late = watching(new BullMQInstrumentation())
  patch(late, bullmq)
  await inSpan('request', () => bench.queue.add('buy', {}))
  const [attempt] = await bench.ended(`process ${bench.name}`)
  late.disable()
  expect(attempt).toMatchObject({
    parent: bench.named(`add ${bench.name}`)[0]?.id,
    attributes: { 'bullmq.job.name': 'buy' },
  })
})

test('an application that imports BullMQ gets the same', async () => {
  const { Queue } = await import('bullmq')
  patch(instrumentation, await import('bullmq'))
  await using bench = new Bench()
  const queue = bench.open(new Queue(bench.name, { connection: bench.queue.opts.connection }))
  await queue.add('buy', {})
  expect(bench.named(`add ${bench.name}`)).toHaveLength(1)
})

test('disable() leaves BullMQ as it was, and enable() begins again', async () => {
  await using bench = new Bench()
  const { trace } = bullmq.QueueBase.prototype
  await bench.queue.add('one', {})
  instrumentation.disable()
  expect(bullmq.QueueBase.prototype.trace).not.toBe(trace)
  await bench.queue.add('two', {})
  expect(bench.queue.opts.telemetry).toBeUndefined()
  instrumentation.enable()
  await bench.queue.add('three', {})
  expect(bench.spans().map(span => span.attributes['bullmq.job.name'])).toEqual(['one', 'three'])
})

test('a job with metadata that nobody can read is processed, in a trace of its own', async () => {
  await using bench = new Bench()
  bench.work(async () => {})
  instrumentation.disable()
  const unreadable = ['not json', '"text"', 'null', '{"traceparent":1}', '{"traceparent":"00-zz-zz-01"}', '[]']
  await bench.queue.addBulk(
    unreadable.map(metadata => ({ name: 'buy', data: {}, opts: { delay: 50, telemetry: { metadata } } })),
  )
  instrumentation.enable()
  const attempts = await bench.ended(`process ${bench.name}`, unreadable.length)
  expect(attempts.map(span => [span.parent, span.error])).toEqual(attempts.map(() => [undefined, undefined]))
})

test('jobs are processed while telemetry throws at every turn', async () => {
  const fail = (): never => {
    throw new Error('broken telemetry')
  }
  const broken: SpanProcessor = { onStart: fail, onEnd: fail, forceFlush: async () => {}, shutdown: async () => {} }
  instrumentation.setTracerProvider(new TracerProvider({ spanProcessors: [broken] }))
  propagation.disable()
  propagation.setGlobalPropagator({ inject: fail, extract: fail, fields: () => [] })
  await using bench = new Bench()
  const done = new Set<string>()
  bench.work(async job => {
    done.add(job.name)
    if (job.name === 'fails') throw new Error('no')
  })
  await bench.queue.add('buy', {})
  await bench.queue.addBulk([{ name: 'bulk', data: {} }])
  await bench.flows().add({ name: 'flow', queueName: bench.name })
  await bench.queue.upsertJobScheduler('tick', { every: 1000, limit: 1 }, { name: 'tick' })
  await bench.queue.add('fails', {})
  await expect.poll(() => done).toEqual(new Set(['bulk', 'buy', 'fails', 'flow', 'tick']))
  await expect.poll(() => bench.queue.getJobCounts('completed', 'failed')).toEqual({ completed: 4, failed: 1 })
})

test('what a processor throws reaches BullMQ as it is, whatever it is', async () => {
  await using bench = new Bench()
  const error = new Error('no')
  const hostile = Object.defineProperty(new Error('hostile'), 'name', {
    get() {
      throw new Error('not for you')
    },
  })
  const seen: unknown[] = []
  const worker = bench.work(async job => Promise.reject(job.name === 'error' ? error : hostile))
  worker.on('failed', (_job, reason) => seen.push(reason))
  await bench.queue.add('error', {})
  await expect.poll(() => seen).toEqual([error])
  await bench.queue.add('hostile', {})
  const attempts = await bench.ended(`process ${bench.name}`, 2)
  expect(attempts).toHaveLength(2)
})

function patch(instrumentation: BullMQInstrumentation, module: unknown): void {
  for (const definition of instrumentation.getModuleDefinitions()) definition.patch?.(module)
}
