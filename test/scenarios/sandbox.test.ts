import { join } from 'node:path'
import { Queue } from 'bullmq'
import { expect, test } from 'vitest'
import { type ReceivedSpan, type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { privateRedis } from '../harness/private-services.ts'

const file = (name: string): string => join(import.meta.dirname, '../apps/sandbox', name)

const older = join(import.meta.dirname, '../older/node_modules/bullmq')

/** The ways to set up a worker, and what its processor has to do for itself. */
const setups = {
  '--import': { nodeOptions: ['--import', '@org/otel/register'], env: {}, prefix: '' },
  NODE_OPTIONS: { nodeOptions: [], env: { NODE_OPTIONS: '--import @org/otel/register' }, prefix: '' },
  'setupOtel() in code': { nodeOptions: [], env: {}, prefix: 'set-up-' },
}
const sandboxes = [
  { sandbox: 'processes', threads: 'false' },
  { sandbox: 'threads', threads: 'true' },
]
const cases = sandboxes.flatMap(({ sandbox, threads }) =>
  Object.entries(setups).flatMap(([setup, { prefix, ...options }]) =>
    ['mjs', 'cjs'].map(kind => ({ sandbox, threads, setup, kind, prefix, options })),
  ),
)

test.each(cases)(
  '200 jobs in $sandbox ($setup, $kind), closed as soon as the last is done: 200 attempts and what is inside each arrive',
  { timeout: 30_000 },
  async ({ threads, kind, prefix, options: { nodeOptions, env } }) => {
    await using receiver = await startReceiver()

    const { code, stderr } = await processJobs(receiver, 200, {
      file: file(`${prefix}worker.${kind}`),
      nodeOptions,
      env: { ...env, THREADS: threads, PROCESSOR: file(`${prefix}processor.${kind}`) },
    })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(arrived(receiver)).toEqual({ attempts: 200, inside: 200, logs: 200 })
  },
)

test.each(sandboxes)('BullMQ 5, which terminates its threads: the same 200 in $sandbox', async ({ threads }) => {
  await using receiver = await startReceiver()

  const { code, stderr } = await processJobs(receiver, 200, {
    file: file('worker.cjs'),
    nodeOptions: ['--import', '@org/otel/register'],
    env: { THREADS: threads, PROCESSOR: file('processor.mjs'), BULLMQ: older },
  })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(arrived(receiver)).toEqual({ attempts: 200, inside: 200, logs: 200 })
})

/** Adds the jobs, and runs a program that processes them. */
async function processJobs(receiver: Receiver, count: number, { env, ...program }: AppOptions): Promise<AppResult> {
  await using redis = await privateRedis()
  const queue = new Queue('jobs', { connection: { url: redis.url } })
  await queue.addBulk(Array.from({ length: count }, (_, index) => ({ name: 'job', data: { index } })))
  await queue.close()
  return await runApp({
    timeoutMs: 25_000,
    ...program,
    env: {
      ...receiver.env,
      OTEL_SERVICE_NAME: 'sandbox',
      BULLMQ_QUEUE: 'jobs',
      REDIS_URL: redis.url,
      JOBS: `${count}`,
      ...env,
    },
  })
}

/** How many attempts, and how many spans and log lines inside one. What arrives twice counts once. */
function arrived(receiver: Receiver): Record<'attempts' | 'inside' | 'logs', number> {
  const spans = receiver.spans()
  const attempts = new Set(spans.filter(({ name }) => name === 'process jobs').map(idOf))
  const inside = spans.filter(({ name, parentSpanId }) => name === 'inside' && attempts.has(`${parentSpanId}`))
  const insideIds = new Set(inside.map(idOf))
  const lines = receiver.logs().filter(({ spanId }) => insideIds.has(`${spanId}`))
  return {
    attempts: attempts.size,
    inside: insideIds.size,
    logs: new Set(lines.map(({ attributes }) => attributes['job'])).size,
  }
}

const idOf = ({ spanId }: ReceivedSpan): string => spanId
