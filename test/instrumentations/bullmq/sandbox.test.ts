import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startReceiver } from '../../../src/testing.ts'
import { Bench } from './lab.ts'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

test.each([
  { where: 'process', options: { useWorkerThreads: false } },
  { where: 'thread', options: { useWorkerThreads: true } },
])('the attempt goes on in the $where of a sandboxed processor', async ({ options }) => {
  await using receiver = await startReceiver()
  await using bench = new Bench()
  const execArgv = ['--import', path('sandbox-telemetry.ts')]
  const env = { ...process.env, ...receiver.env }
  bench.work(path('sandbox-processor.mjs'), {
    ...options,
    workerForkOptions: { execArgv, env },
    workerThreadsOptions: { execArgv, env },
  })
  await bench.queue.add('buy', {})

  const [attempt] = await bench.ended(`process ${bench.name}`)
  const inside = await receiver.waitFor(r => r.spans().find(span => span.name === 'in the sandbox'))
  expect(inside).toMatchObject({ traceId: attempt.traceId, parentSpanId: attempt.id })
})

test('what a sandboxed processor throws is the error of the attempt', async () => {
  await using bench = new Bench()
  bench.work(path('sandbox-processor.mjs'), { workerForkOptions: { execArgv: [] } })
  await bench.queue.add('fails', {})
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt).toMatchObject({ error: 'no', exceptions: ['no'], attributes: { 'bullmq.job.state': 'failed' } })
})
