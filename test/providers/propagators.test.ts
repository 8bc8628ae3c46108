import { Worker } from 'node:worker_threads'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { afterEach, describe, expect, test } from 'vitest'
import type { Propagator } from '../../src/config/config.ts'
import type { EnvironmentCarrier } from '../../src/config/environment-carrier.ts'
import { readAgeMs } from '../../src/providers/initial-context.ts'
import { createPropagation } from '../../src/providers/propagators.ts'

const traceId = '11111111111111111111111111111111'
const spanId = '2222222222222222'
const TRACEPARENT = `00-${traceId}-${spanId}-01`
const w3c: readonly Propagator[] = ['tracecontext', 'baggage']

let age = 0
let uninstall = (): void => {}
afterEach(() => uninstall())

function start(carrier: EnvironmentCarrier, { propagators = w3c, processPropagation = true } = {}): void {
  age = 0
  const created = createPropagation({ propagators, processPropagation }, carrier, () => age)
  expect(created.install()).toBe(true)
  uninstall = created.uninstall
}

const active = () => trace.getSpanContext(context.active())

test('a process goes on with the context that it was started in', () => {
  start({ TRACEPARENT, TRACESTATE: 'vendor=1', BAGGAGE: 'user=ann' })
  expect(active()).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true })
  expect(active()?.traceState?.serialize()).toBe('vendor=1')
  expect(propagation.getActiveBaggage()?.getEntry('user')?.value).toBe('ann')
})

test('timers and promises of its first minute are in it, what comes later is not', async () => {
  start({ TRACEPARENT })
  age = 59_999
  await new Promise(resolve => setTimeout(resolve))
  expect(active()?.spanId).toBe(spanId)
  age = 60_000
  expect(context.active()).toBe(ROOT_CONTEXT)
  age = 0
  expect(context.active(), 'and it does not come back').toBe(ROOT_CONTEXT)
})

test('the age of a thread is its own', async () => {
  const before = performance.now()
  const file = new URL('../../src/providers/initial-context.ts', import.meta.url)
  const code = `import('${file}').then(({ readAgeMs }) => process.stdout.write(String(readAgeMs())))`
  const thread = new Worker(code, { eval: true, stdout: true })
  const [age] = await thread.stdout.setEncoding('utf8').toArray()
  expect(Number(age)).toBeGreaterThan(0)
  expect(Number(age)).toBeLessThan(performance.now() - before)
  expect(readAgeMs()).toBeGreaterThan(before - performance.nodeTiming.environment)
})

test('a context that was chosen wins, also where it is the empty one', () => {
  start({ TRACEPARENT })
  const own = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '3333333333333333', traceFlags: 1 })
  expect(context.with(own, active)?.spanId).toBe('3333333333333333')
  expect(context.with(ROOT_CONTEXT, () => context.active())).toBe(ROOT_CONTEXT)
  expect(active()?.spanId).toBe(spanId)
})

test('nothing is left behind where somebody else has registered propagators', () => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const created = createPropagation({ propagators: w3c, processPropagation: true }, { TRACEPARENT })
  uninstall = () => propagation.disable()
  expect(created.install()).toBe(false)
  expect(context.active()).toBe(ROOT_CONTEXT)
})

test('what was begun in it stays in it', () => {
  start({ TRACEPARENT })
  const bound = context.bind(context.active(), active)
  age = 60_000
  expect(bound()?.spanId).toBe(spanId)
})

describe('nothing is active', () => {
  test.each<[string, EnvironmentCarrier, Parameters<typeof start>[1]]>([
    ['without a carrier', {}, {}],
    ['with an empty one', { TRACEPARENT: '', TRACESTATE: '', BAGGAGE: '' }, {}],
    ['with nonsense', { TRACEPARENT: 'yes', TRACESTATE: '=,=', BAGGAGE: ';;;' }, {}],
    ['with names in lower case, which are no carrier', { traceparent: TRACEPARENT }, {}],
    ['where it is switched off', { TRACEPARENT, BAGGAGE: 'user=ann' }, { processPropagation: false }],
    ['where no propagator is wanted', { TRACEPARENT, BAGGAGE: 'user=ann' }, { propagators: [] }],
    ['where another propagator is wanted', { TRACEPARENT }, { propagators: ['b3'] }],
  ])('%s', (_name, carrier, options) => {
    start(carrier, options)
    expect(context.active()).toBe(ROOT_CONTEXT)
  })
})

test.each<[Propagator, EnvironmentCarrier]>([
  ['b3', { B3: `${traceId}-${spanId}-1` }],
  ['b3multi', { X_B3_TRACEID: traceId, X_B3_SPANID: spanId, X_B3_SAMPLED: '1' }],
])('%s is read by the names that it has in the environment', (name, carrier) => {
  start(carrier, { propagators: [name] })
  expect(active()).toMatchObject({ traceId, spanId })
})
