import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

const apps = join(import.meta.dirname, '../apps/context')
const traceId = '11111111111111111111111111111111'
const spanId = '2222222222222222'
const byPreload = { file: join(apps, 'threads.mjs'), nodeOptions: ['--import', '@org/otel/register'] }
const byThemselves = { file: join(apps, 'threads.cjs') }

interface Program {
  readonly file: string
  readonly nodeOptions?: readonly string[]
}

async function run(program: Program, env = {}): Promise<Record<string, ReceivedSpan | undefined>> {
  await using receiver = await startReceiver()
  const result = await runApp({ ...program, env: { OTEL_SERVICE_NAME: 'threads', ...receiver.env, ...env } })
  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  return Object.fromEntries(receiver.spans().map(span => [span.name, span]))
}

describe('each thread goes on with the trace of the span in which it was made', () => {
  test.each([
    ['ES modules, set up by the preload', byPreload],
    ['CommonJS, set up by each thread itself', byThemselves],
  ])('%s', async (_name, program) => {
    const { a, b, c, alone, 'in a': inA, 'in b': inB, 'in c': inC } = await run(program)
    expect([a, b, alone].map(span => span?.parentSpanId)).toEqual([undefined, undefined, undefined])
    for (const [outer, inner] of [
      [a, inA],
      [b, inB],
      [a, c],
      [c, inC],
    ]) {
      expect(inner).toMatchObject({ traceId: outer?.traceId, parentSpanId: outer?.spanId })
    }
  })
})

test('a thread is a process of its own in all that it sends, with the number that the thread has', async () => {
  const spans = await run(byPreload)
  const origins = ['a', 'in a', 'in b', 'in c', 'alone'].map(name => spans[name]?.resource)
  expect(origins.map(resource => resource?.['process.role'])).toEqual(['main', ...Array(4).fill('thread')])
  expect(origins[0]).not.toHaveProperty('thread.id')
  expect(new Set(origins.map(resource => resource?.['thread.id'])).size).toBe(5)
  expect(new Set(origins.map(resource => resource?.['service.instance.id'])).size).toBe(5)
  expect(new Set(origins.map(resource => resource?.['process.pid'])).size).toBe(1)
})

test('a trace that began elsewhere goes on in threads outside of spans too', async () => {
  const { a, alone } = await run(byPreload, { TRACEPARENT: `00-${traceId}-${spanId}-01` })
  expect(a).toMatchObject({ traceId, parentSpanId: spanId })
  expect(alone).toMatchObject({ traceId, parentSpanId: spanId })
})

test('and in the threads of a process that waits', async () => {
  const env = { TRACEPARENT: `00-${traceId}-${spanId}-01`, _OTEL_DEFER_SETUP: 'True' }
  const { a, 'in a': inA, alone } = await run(byPreload, env)
  expect(a).toBeUndefined()
  expect([inA, alone].map(span => span?.parentSpanId)).toEqual([spanId, spanId])
})

test('OTEL_NODE_PROCESS_PROPAGATION=false: each thread begins its own traces', async () => {
  const env = { TRACEPARENT: `00-${traceId}-${spanId}-01`, OTEL_NODE_PROCESS_PROPAGATION: 'false' }
  const { a, alone, 'in a': inA, 'in c': inC } = await run(byPreload, env)
  expect([a, inA, inC, alone].map(span => span && span.parentSpanId === undefined)).toEqual([true, true, true, true])
})
