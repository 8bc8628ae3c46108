import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startReceiver } from '../../../src/testing.ts'
import { Bench, bullmq } from './lab.ts'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

const older = createRequire(import.meta.url)(path('../../older/node_modules/bullmq')) as typeof bullmq

test.each([
  { where: 'process', library: bullmq, options: { useWorkerThreads: false } },
  { where: 'thread', library: bullmq, options: { useWorkerThreads: true } },
  { where: 'process of BullMQ 5', library: older, options: { useWorkerThreads: false } },
  { where: 'thread of BullMQ 5', library: older, options: { useWorkerThreads: true } },
])(
  'the attempt goes on in a sandbox ($where), which sends what it has when the worker closes',
  async ({ library, options }) => {
    await using receiver = await startReceiver()
    await using bench = new Bench(library)
    const execArgv = ['--import', path('sandbox-telemetry.ts')]
    const env = { ...process.env, ...receiver.env }
    const worker = bench.work(path('sandbox-processor.mjs'), {
      ...options,
      workerForkOptions: { execArgv, env },
      workerThreadsOptions: { execArgv, env },
    })
    await bench.queue.add('buy', {})

    const [attempt] = await bench.ended(`process ${bench.name}`)
    await worker.close()
    expect(receiver.spans()).toMatchObject([
      { name: 'in the sandbox', traceId: attempt.traceId, parentSpanId: attempt.id },
    ])
  },
)

test('what a sandboxed processor throws is the error of the attempt', async () => {
  await using bench = new Bench()
  bench.work(path('sandbox-processor.mjs'), { workerForkOptions: { execArgv: [] } })
  await bench.queue.add('fails', {})
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt).toMatchObject({ error: 'no', exceptions: ['no'], attributes: { 'bullmq.job.state': 'failed' } })
})
