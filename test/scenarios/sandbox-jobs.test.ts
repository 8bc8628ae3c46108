import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ReceivedSpan, type Receiver, startReceiver } from '../../src/testing.ts'
import { processJobs, sandboxApp, sandboxes } from './sandbox-program.ts'

const older = join(import.meta.dirname, '../older/node_modules/bullmq')

/** The ways to set up a worker, and what its processor has to do for itself. */
const setups = {
  '--import': { nodeOptions: ['--import', '@org/otel/register'], env: {}, prefix: '' },
  NODE_OPTIONS: { nodeOptions: [], env: { NODE_OPTIONS: '--import @org/otel/register' }, prefix: '' },
  'setupOtel() in code': { nodeOptions: [], env: {}, prefix: 'set-up-' },
}
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
      file: sandboxApp(`${prefix}worker.${kind}`),
      nodeOptions,
      env: { ...env, THREADS: threads, PROCESSOR: sandboxApp(`${prefix}processor.${kind}`) },
    })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(arrived(receiver)).toEqual({ attempts: 200, inside: 200, logs: 200 })
  },
)

test.each(sandboxes)('BullMQ 5, which terminates its threads: the same 200 in $sandbox', async ({ threads }) => {
  await using receiver = await startReceiver()

  const { code, stderr } = await processJobs(receiver, 200, {
    file: sandboxApp('worker.cjs'),
    nodeOptions: ['--import', '@org/otel/register'],
    env: { THREADS: threads, PROCESSOR: sandboxApp('processor.mjs'), BULLMQ: older },
  })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(arrived(receiver)).toEqual({ attempts: 200, inside: 200, logs: 200 })
})

test.each(
  sandboxes.flatMap(({ sandbox, threads }) => [
    { sandbox, threads, has: 'with telemetry', file: 'worker.mjs', nodeOptions: ['--import', '@org/otel/register'] },
    { sandbox, threads, has: 'without telemetry', file: 'set-up-worker.mjs', nodeOptions: [] },
  ]),
)(
  'a worker closes as soon as its $sandbox $has have sent what they have, though the end may take an hour',
  async ({ threads, file, nodeOptions }) => {
    await using receiver = await startReceiver()

    const { code, stderr } = await processJobs(receiver, 1, {
      file: sandboxApp(file),
      nodeOptions,
      env: { THREADS: threads, PROCESSOR: sandboxApp('processor.mjs'), OTEL_NODE_EXIT_TIMEOUT: '3600000' },
    })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(arrived(receiver).attempts).toBe(1)
  },
)

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
