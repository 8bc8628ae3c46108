import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis'
import { expect, test } from 'vitest'
import { Bench, bullmq, connection, inSpan, ioredis, seenSpans, tracerProvider } from './lab.ts'

const instrumentation = new IORedisInstrumentation()
instrumentation.setTracerProvider(tracerProvider)
for (const definition of instrumentation.getModuleDefinitions()) definition.patch?.(ioredis, '6.0.0')

test("BullMQ's commands belong to the job they serve; waiting for jobs belongs to nobody", async () => {
  await using bench = new Bench()
  await inSpan('startup', async () => {
    bench.work(async () => {}, { drainDelay: 1, stalledInterval: 20, lockDuration: 60 })
    bench.open(new bullmq.QueueEvents(bench.name, { connection, blockingTimeout: 20 }))
  })
  await inSpan('request', () => bench.queue.add('buy', {}))
  await bench.ended(`process ${bench.name}`)
  await bench.queue.upsertJobScheduler('tick', { every: 50, limit: 3 })
  await bench.ended(`process ${bench.name}`, 4)

  const spans = seenSpans()
  const nameOf = (id: string | undefined) => spans.find(span => span.id === id)?.name
  const commands = spans.filter(span => span.scope.endsWith('ioredis'))
  const parents = (name: string) =>
    new Set(commands.filter(span => span.name === name).map(span => nameOf(span.parent)))
  expect(parents('evalsha')).toEqual(new Set([`add ${bench.name}`, `process ${bench.name}`]))
  expect(parents('bzpopmin')).toEqual(new Set())
  expect(parents('xread')).toEqual(new Set())
  expect(commands.filter(span => span.parent === undefined)).toEqual([])
})
