import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ReceivedSpan, type Receiver, startReceiver } from '../../src/testing.ts'
import { runApp, startApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

const apps = join(import.meta.dirname, '../apps/context')
const preload = { NODE_OPTIONS: '--import @org/otel/register', OTEL_SERVICE_NAME: 'context' }
const traceId = '11111111111111111111111111111111'
const spanId = '2222222222222222'
const given = { TRACEPARENT: `00-${traceId}-${spanId}-01`, TRACESTATE: 'vendor=1', BAGGAGE: 'user=ann' }
const own = { traceId: '33333333333333333333333333333333', parentSpanId: '4444444444444444' }
const ownParent = `00-${own.traceId}-${own.parentSpanId}-01`

const noParents = { a: 'undefined', b: 'undefined' }

/** Runs one process after the other, and returns the span of each by its name. */
async function relay(
  names: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, ReceivedSpan | undefined>> {
  await using receiver = await startReceiver()
  const all = { ...preload, ...receiver.env, ...env }
  const result = await runApp({ file: join(apps, 'relay.mjs'), args: names, env: all })
  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  return byName(receiver)
}

function byName(receiver: Receiver): Record<string, ReceivedSpan | undefined> {
  return Object.fromEntries(receiver.spans().map(span => [span.name, span]))
}

test('a trace goes on from process to process, also through one that makes no span', async () => {
  const { a, b, c } = await relay(['a', 'b', '-', 'c'])
  expect(a?.parentSpanId).toBeUndefined()
  expect(b).toMatchObject({ traceId: a?.traceId, parentSpanId: a?.spanId })
  expect(c).toMatchObject({ traceId: a?.traceId, parentSpanId: b?.spanId })
})

test('a trace that began elsewhere goes on here, with its state and its baggage, and from here', async () => {
  const { a, b } = await relay(['a', 'b'], given)
  expect(a).toMatchObject({ traceId, parentSpanId: spanId, traceState: 'vendor=1' })
  expect(b).toMatchObject({ traceId, parentSpanId: a?.spanId, traceState: 'vendor=1' })
  expect([a?.attributes['baggage'], b?.attributes['baggage']]).toEqual([['user=ann'], ['user=ann']])
})

test("an app's own parent wins, and its trace state goes with it; baggage goes on", async () => {
  const { b } = await relay(['a', 'b'], { ...given, NEXT: JSON.stringify({ TRACEPARENT: ownParent }) })
  expect(b).toMatchObject({ ...own, traceState: 'vendor=1', attributes: { baggage: ['user=ann'] } })
})

test("an app's own baggage wins", async () => {
  const { a, b } = await relay(['a', 'b'], { ...given, NEXT: JSON.stringify({ BAGGAGE: 'user=eve' }) })
  expect(b).toMatchObject({ parentSpanId: a?.spanId, attributes: { baggage: ['user=eve'] } })
})

test('a child with an environment of its own finds the context in it, and nothing else that is ours', async () => {
  await using receiver = await startReceiver()
  const { stdout } = await runApp({
    ...esm(`
      import { execFileSync } from 'node:child_process'
      const options = { env: { A: '1' }, stdio: 'inherit' }
      execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], options)
    `),
    env: { ...preload, ...receiver.env, ...given },
  })
  expect(JSON.parse(stdout)).toEqual({ A: '1', ...given })
})

test('what is not sampled here is not sampled there', async () => {
  const NEXT = JSON.stringify({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' })
  expect(await relay(['a', 'b'], { OTEL_TRACES_SAMPLER: 'always_off', NEXT })).toEqual({})
})

describe('OTEL_PROPAGATORS', () => {
  test.each([
    ['b3', { B3: `${traceId}-${spanId}-1` }],
    ['b3multi', { X_B3_TRACEID: traceId, X_B3_SPANID: spanId, X_B3_SAMPLED: '1' }],
  ])('%s: both directions', async (OTEL_PROPAGATORS, variables) => {
    const { a, b } = await relay(['a', 'b'], { ...variables, OTEL_PROPAGATORS })
    expect(a).toMatchObject({ traceId, parentSpanId: spanId })
    expect(b).toMatchObject({ traceId, parentSpanId: a?.spanId })
  })

  test('none: each process begins its own traces', async () => {
    expect(parents(await relay(['a', 'b'], { ...given, OTEL_PROPAGATORS: 'none' }))).toEqual(noParents)
  })
})

describe('OTEL_NODE_PROCESS_PROPAGATION=false', () => {
  const OTEL_NODE_PROCESS_PROPAGATION = 'false'

  test('each process begins its own traces', async () => {
    expect(parents(await relay(['a', 'b'], { ...given, OTEL_NODE_PROCESS_PROPAGATION }))).toEqual(noParents)
  })

  test('in the parent alone: nothing is handed over', async () => {
    const NEXT = JSON.stringify({ OTEL_NODE_PROCESS_PROPAGATION: 'true' })
    expect(parents(await relay(['a', 'b'], { OTEL_NODE_PROCESS_PROPAGATION, NEXT }))).toEqual(noParents)
  })

  test('in the child alone: nothing is taken up', async () => {
    expect(parents(await relay(['a', 'b'], { NEXT: JSON.stringify({ OTEL_NODE_PROCESS_PROPAGATION }) }))).toEqual(
      noParents,
    )
  })
})

test('nothing is said of what we use of Node where it says what it will drop one day', async () => {
  const { a, b } = await relay(['a', 'b'], { NODE_OPTIONS: `${preload.NODE_OPTIONS} --pending-deprecation` })
  expect(b).toMatchObject({ traceId: a?.traceId, parentSpanId: a?.spanId })
})

test("under Node's permission model the sync forms hand over nothing, and work", async () => {
  const permissions = ['--permission', '--allow-fs-read=*', '--allow-child-process', '--allow-worker', '--no-warnings']
  const result = await runApp({
    ...esm(`
      import { execFile, execFileSync } from 'node:child_process'
      import { promisify } from 'node:util'
      import { trace } from '@opentelemetry/api'
      const has = text => text.toString().includes('TRACEPARENT=00-')
      await trace.getTracer('app').startActiveSpan('span', async () => {
        const { stdout } = await promisify(execFile)('env')
        console.log(has(stdout), has(execFileSync('env')))
      })
    `),
    nodeOptions: [...permissions, '--import', '@org/otel/register'],
    env: { OTEL_SERVICE_NAME: 'permission', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
  })
  expect(result).toEqual({ code: 0, signal: null, stdout: 'true false\n', stderr: '' })
})

test('a configuration file: both directions', async () => {
  const { a, b } = await relay(['a', 'b'], { ...given, OTEL_CONFIG_FILE: join(apps, 'propagators.yaml') })
  expect(a).toMatchObject({ traceId, parentSpanId: spanId })
  expect(b).toMatchObject({ traceId, parentSpanId: a?.spanId, attributes: { baggage: ['user=ann'] } })
})

test('a forked child is in the span that forked it, but for the requests that it serves', async () => {
  await using receiver = await startReceiver()
  await using app = await startApp({
    file: join(apps, 'server.mjs'),
    env: { ...preload, ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: '10' },
    ready: /listening on \d+/,
  })
  const [, port] = await app.waitForLine(/listening on (\d+)/)
  await fetch(`http://127.0.0.1:${port}`)
  await receiver.waitFor(() => receiver.spans().length === 6)

  const { fork, first, timer, message, GET, 'work of a request': work } = byName(receiver)
  expect(fork?.parentSpanId).toBeUndefined()
  for (const span of [first, timer, message]) {
    expect(span).toMatchObject({ traceId: fork?.traceId, parentSpanId: fork?.spanId })
  }
  expect(GET).toMatchObject({ kind: 'SERVER', parentSpanId: undefined })
  expect(GET?.traceId).not.toBe(fork?.traceId)
  expect(work).toMatchObject({ traceId: GET?.traceId, parentSpanId: GET?.spanId })
})

function parents({ a, b }: Record<string, ReceivedSpan | undefined>): unknown {
  return { a: a && String(a.parentSpanId), b: b && String(b.parentSpanId) }
}
