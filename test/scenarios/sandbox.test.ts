import { join } from 'node:path'
import { Queue } from 'bullmq'
import { expect, test } from 'vitest'
import { formatTrace, type ReceivedSpan, type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { privateRedis } from '../harness/private-services.ts'

const file = (name: string): string => join(import.meta.dirname, '../apps/sandbox', name)

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
    const spans = receiver.spans()
    const attempts = spans.filter(span => span.name === 'process jobs')
    const inside = spans.filter(span => span.name === 'inside')
    expect({ attempts: unique(attempts), inside: unique(inside), logs: receiver.logs().length }).toEqual({
      attempts: 200,
      inside: 200,
      logs: 200,
    })
    expect(inside.filter(span => !attempts.some(attempt => isWithin(span, attempt))).map(s => formatTrace([s]))).toEqual([])
  },
)

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

const unique = (spans: readonly ReceivedSpan[]): number => new Set(spans.map(span => span.spanId)).size

const isWithin = (inner: ReceivedSpan, outer: ReceivedSpan): boolean =>
  inner.traceId === outer.traceId && inner.parentSpanId === outer.spanId
