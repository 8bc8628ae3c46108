import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'bullmq'
import { expect, test } from 'vitest'
import { startReceiver } from '../../../src/testing.ts'
import { Bench, bullmq } from './lab.ts'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const older = createRequire(import.meta.url)(path('../../older/node_modules/bullmq')) as typeof bullmq

const sandboxes = [
  { sandbox: 'process', library: bullmq, useWorkerThreads: false },
  { sandbox: 'thread', library: bullmq, useWorkerThreads: true },
  { sandbox: 'process of BullMQ 5', library: older, useWorkerThreads: false },
  { sandbox: 'thread of BullMQ 5', library: older, useWorkerThreads: true },
]

test.each(sandboxes)(
  'the attempt goes on in a sandbox ($sandbox), which sends what it has when the worker closes',
  async ({ library, useWorkerThreads }) => {
    await using receiver = await startReceiver()
    await using bench = new Bench(library)
    const worker = workInSandbox(bench, useWorkerThreads, receiver.env)
    await bench.queue.add('buy', {})
    const [attempt] = await bench.ended(`process ${bench.name}`)

    await worker.close()

    expect(receiver.spans()).toMatchObject([
      { name: 'in the sandbox', traceId: attempt.traceId, parentSpanId: attempt.id },
    ])
  },
)

test.each(sandboxes)(
  'a worker closes though the collector of its sandbox ($sandbox) never answers',
  async ({ library, useWorkerThreads }) => {
    const collector = createServer().listen(0, '127.0.0.1')
    await once(collector, 'listening')
    const asked = once(collector, 'request')
    await using bench = new Bench(library)
    const worker = workInSandbox(bench, useWorkerThreads, {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
    })
    await bench.queue.add('buy', {})
    await bench.ended(`process ${bench.name}`)

    await worker.close()

    expect(await asked).toBeDefined()
    collector.close()
  },
)

test('what a sandboxed processor throws is the error of the attempt', async () => {
  await using bench = new Bench()
  bench.work(path('sandbox-processor.mjs'), { workerForkOptions: { execArgv: [] } })
  await bench.queue.add('fails', {})
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt).toMatchObject({
    error: 'no',
    exceptions: ['no'],
    attributes: { 'bullmq.job.state': 'failed', 'error.type': 'RangeError' },
  })
})

function workInSandbox(bench: Bench, useWorkerThreads: boolean, variables: Readonly<Record<string, string>>): Worker {
  const options = { execArgv: ['--import', path('sandbox-telemetry.ts')], env: { ...process.env, ...variables } }
  return bench.work(path('sandbox-processor.mjs'), {
    useWorkerThreads,
    workerForkOptions: options,
    workerThreadsOptions: options,
  })
}
