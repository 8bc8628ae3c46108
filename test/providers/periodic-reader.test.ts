import type { Meter } from '@opentelemetry/api'
import { HostMetricsInstrumentation } from '@opentelemetry/instrumentation-host-metrics'
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'
import { AggregationType, MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { afterEach, expect, test, vi } from 'vitest'
import { PeriodicReader } from '../../src/providers/periodic-reader.ts'
import { installSelfMetrics } from '../../src/providers/self-metrics.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'
import { valuesOf } from './values-of.ts'

const never = 2 ** 31 - 1
const providers: MeterProvider[] = []
afterEach(() => {
  for (const provider of providers.splice(0)) void provider.shutdown() // some wait for what does not come
  vi.useRealTimers()
})

interface Parts {
  readonly intervalMs?: number
  readonly timeoutMs?: number
  readonly flush?: () => Promise<void>
}

function start({ intervalMs = never, timeoutMs = 20_000, flush = async () => {} }: Parts = {}) {
  const pushed: ResourceMetrics[] = []
  const told: (readonly [string, unknown])[] = []
  const reader = new PeriodicReader({
    delivery: { push: metrics => void pushed.push(metrics), flush },
    intervalMs,
    timeoutMs,
    onError: (...about) => void told.push(about),
  })
  const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
  const views = [{ instrumentName: 'exponential', aggregation }]
  const provider = new MeterProvider({ readers: [reader], views, sdkMetricsEnabled: true })
  providers.push(provider)
  return { pushed, told, reader, provider, meter: provider.getMeter('app') }
}

/** What the app recorded, without the SDK's own. */
function appValues(metrics: ResourceMetrics | undefined) {
  if (metrics === undefined) return undefined
  return valuesOf({ ...metrics, scopeMetrics: metrics.scopeMetrics.filter(({ scope }) => scope.name === 'app') })
}

test('collects at its interval, and goes on doing so', async () => {
  const { pushed, meter } = start({ intervalMs: 1 })
  const counter = meter.createCounter('c')
  counter.add(1)
  await vi.waitUntil(() => pushed.length >= 2)
  counter.add(1)
  const before = pushed.length
  await vi.waitUntil(() => pushed.length >= before + 2)
  expect(appValues(pushed[0])).toEqual({ c: [[{}, 1]] })
  expect(appValues(pushed.at(-1))).toEqual({ c: [[{}, 2]] })
})

test('what was recorded before a flush is pushed, and the flush waits for its delivery', async () => {
  const order: string[] = []
  let deliver = (): void => {}
  const { pushed, meter, provider } = start({
    flush: async () => {
      order.push(`asked to deliver ${pushed.length}`)
      await new Promise<void>(resolve => (deliver = resolve))
      order.push('delivered')
    },
  })
  meter.createCounter('c').add(5)
  const flushed = provider.forceFlush().then(() => order.push('flushed'))
  await vi.waitUntil(() => order.length > 0)
  deliver()
  await flushed
  expect(order).toEqual(['asked to deliver 1', 'delivered', 'flushed'])
  expect(appValues(pushed[0])).toEqual({ c: [[{}, 5]] })
})

test('nothing is pushed where nothing was recorded', async () => {
  const flush = vi.fn<() => Promise<void>>(async () => {})
  const { pushed, meter, reader } = start({ flush })
  meter.createCounter('c')
  await reader.forceFlush()
  expect(pushed).toEqual([])
  expect(flush).toHaveBeenCalledOnce()
})

test('never are two collections under way: the interval passes over one that still waits', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
  const { pushed, meter } = start({ intervalMs: 1000 })
  const gate = observeBehindGate(meter)
  await vi.advanceTimersByTimeAsync(10_500)
  expect(gate.calls).toBe(1)
  gate.open()
  await vi.advanceTimersByTimeAsync(0)
  expect([gate.calls, pushed.length]).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(1000)
  expect(gate.calls).toBe(2)
})

test('a flush during a collection has another after it', async () => {
  const { pushed, meter, provider } = start({ intervalMs: 1 })
  const gate = observeBehindGate(meter)
  await vi.waitUntil(() => gate.calls === 1)
  const doorman = setInterval(() => gate.open(), 1)
  await provider.forceFlush()
  clearInterval(doorman)
  expect(gate.most).toBe(1)
  expect(pushed.slice(0, 2).map(appValues)).toEqual([{ g: [[{}, 1]] }, { g: [[{}, 2]] }])
})

/** Observes how often it was called, and then waits until it may go on. */
function observeBehindGate(meter: Meter): { calls: number; most: number; open: () => void } {
  const gate = { calls: 0, most: 0, open: (): void => {} }
  let running = 0
  meter.createObservableGauge('g').addCallback(async result => {
    gate.most = Math.max(gate.most, ++running)
    result.observe(++gate.calls)
    await new Promise<void>(resolve => (gate.open = resolve))
    running--
  })
  return gate
}

test('callbacks that fail are told once each, and cost their own values only', async () => {
  const { pushed, told, meter, reader } = start({ timeoutMs: 1 })
  meter.createCounter('c').add(1)
  const broken = new Error('broken')
  meter.createObservableGauge('throwing').addCallback(() => {
    throw broken
  })
  meter.createObservableGauge('rejecting').addCallback(() => Promise.reject('no reason'))
  meter.createObservableGauge('hanging').addCallback(() => new Promise(() => {}))
  for (let round = 0; round < 3; round++) await reader.forceFlush()
  expect(pushed).toHaveLength(3)
  expect(appValues(pushed[2])).toEqual({ c: [[{}, 1]] })
  expect(told).toEqual([
    ['throwing', broken],
    ['rejecting', 'no reason'],
    ['hanging', expect.objectContaining({ name: 'TimeoutError' })],
  ])
})

test.each(['flush', 'end'] as const)(
  'a callback that never answers keeps no other metric from a timely %s',
  async way => {
    const { pushed, meter, reader } = start({ timeoutMs: 60_000 })
    meter.createCounter('c').add(1)
    meter.createObservableGauge('hanging').addCallback(() => new Promise(() => {}))
    await reader[way](20)
    expect(appValues(pushed[0])).toEqual({ c: [[{}, 1]] })
  },
)

test('many who flush at once share one collection, and one more after it', async () => {
  const { pushed, meter, reader } = start()
  meter.createCounter('c').add(1)
  await Promise.all(Array.from({ length: 100 }, () => reader.flush(10_000)))
  expect(pushed).toHaveLength(1)
  expect(appValues(pushed[0])).toEqual({ c: [[{}, 1]] })
})

test('after the end nothing is collected and nothing is complained about', async () => {
  const { pushed, told, meter, reader } = start()
  meter.createCounter('c').add(1)
  await reader.end(1000)
  await reader.flush(1000)
  await reader.forceFlush()
  expect([pushed.length, told]).toEqual([1, []])
})

test('a delivery that throws is told and does not end the collections', async () => {
  const onError = vi.fn<(instruments: string, reason: unknown) => void>()
  const push = vi.fn<() => void>(() => {
    throw new Error('broken')
  })
  const delivery = { push, flush: async () => {} }
  const reader = new PeriodicReader({ delivery, intervalMs: 1, timeoutMs: 1000, onError })
  const provider = new MeterProvider({ readers: [reader] })
  provider.getMeter('app').createCounter('c').add(1)
  await vi.waitUntil(() => push.mock.calls.length >= 3)
  await provider.shutdown()
  expect(onError).toHaveBeenCalledExactlyOnceWith('all instruments', expect.any(Error))
})

test('a shutdown collects once more, waits for the delivery, and is the end', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
  const flush = vi.fn<() => Promise<void>>(async () => {})
  const { pushed, meter, provider, reader } = start({ intervalMs: 1, flush })
  expect(vi.getTimerCount()).toBe(1)
  const counter = meter.createCounter('c')
  counter.add(1)
  await provider.shutdown()
  expect(pushed).toHaveLength(1)
  expect(appValues(pushed[0])).toEqual({ c: [[{}, 1]] })
  expect(flush).toHaveBeenCalledOnce()
  counter.add(1)
  expect(reader.collectLast()).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})

test('how long collections take is a metric, under the name of the component in the conventions', async () => {
  const { pushed, reader, meter } = start()
  meter.createCounter('c').add(1)
  await reader.forceFlush()
  await reader.forceFlush()
  expect(valuesOf(pushed[1]!)['otel.sdk.metric_reader.collection.duration']).toEqual([
    [
      {
        'otel.component.type': 'periodic_metric_reader',
        'otel.component.name': expect.stringMatching(/^periodic_metric_reader\/\d+$/),
      },
      { count: 1, sum: expect.any(Number) },
    ],
  ])
})

test('the last collection has everything, at once, where the app recorded anything', async () => {
  const { pushed, meter, provider, reader } = start()
  recordNoNews(provider)
  meter.createCounter('c').add(3)
  const last = reader.collectLast()
  expect(appValues(last)).toEqual({ c: [[{}, 3]] })
  expect(last?.scopeMetrics.map(({ scope }) => scope.name)).toContain('@opentelemetry/instrumentation-runtime-node')
  expect(pushed).toEqual([])
})

test.each<[string, (meter: Meter) => (value: number) => void]>([
  ['a counter', meter => value => meter.createCounter('x').add(value)],
  ['an up-down counter', meter => value => meter.createUpDownCounter('x').add(value)],
  ['a gauge', meter => value => meter.createGauge('x').record(value)],
  ['a histogram', meter => value => meter.createHistogram('x').record(value)],
  ['an exponential histogram', meter => value => meter.createHistogram('exponential').record(value)],
])('what %s has told already needs no last collection; what it has not, does', async (_name, create) => {
  const { reader, provider, meter } = start()
  const record = create(meter)
  for (const value of [1, 2, 3]) {
    record(value)
    expect(reader.collectLast()).toBeDefined()
    await provider.forceFlush()
    expect(reader.collectLast()).toBeUndefined()
  }
})

test('an observed value that has changed is a reason for a last collection', async () => {
  const { reader, provider, meter } = start()
  let value = 1
  meter.createObservableGauge('x').addCallback(result => result.observe(value))
  await provider.forceFlush()
  expect(reader.collectLast()).toBeUndefined()
  value = 2
  expect(appValues(reader.collectLast())).toEqual({ x: [[{}, 2]] })
})

test('metrics of the runtime, of the host and of ourselves alone are no reason for a last collection', async () => {
  const { meter, provider, reader } = start()
  expect(reader.collectLast()).toBeUndefined()
  recordNoNews(provider)
  expect(reader.collectLast()).toBeUndefined()
  await reader.forceFlush() // its duration is recorded
  meter.createCounter('without data points')
  const observable = meter.createObservableGauge('without observations')
  observable.addCallback(() => {})
  expect(reader.collectLast()).toBeUndefined()
  observable.addCallback(result => result.observe(1))
  expect(appValues(reader.collectLast())).toEqual({ 'without observations': [[{}, 1]] })
})

/** By the names that the packages themselves give to their scopes. */
function recordNoNews(provider: MeterProvider): void {
  const instrumentations = [RuntimeNodeInstrumentation, HostMetricsInstrumentation].map(
    Instrumentation => new Instrumentation({ enabled: false }),
  )
  for (const { instrumentationName } of instrumentations) {
    const meter: Meter = provider.getMeter(instrumentationName)
    meter.createObservableGauge('always').addCallback(result => result.observe(1))
  }
  installSelfMetrics(provider, [
    {
      signal: 'traces',
      exporterType: 'otlp_http_span_exporter',
      url: 'http://localhost:4318/v1/traces',
      capacity: 2048,
      ended: 1,
      sent: 1,
      droppedByReason: {},
      waiting: 0,
      inFlight: 0,
      onAttempt: undefined,
    },
  ])
}

const program = `
  import { MeterProvider } from '@opentelemetry/sdk-metrics'
  import { PeriodicReader } from '${new URL('../../src/providers/periodic-reader.ts', import.meta.url)}'
  const pushed = []
  const delivery = { push: metrics => pushed.push(metrics), flush: async () => {} }
  const reader = new PeriodicReader({ delivery, intervalMs: 1, timeoutMs: 600_000, onError() {} })
  const provider = new MeterProvider({ readers: [reader] })
  const meter = provider.getMeter('app')
`
const cwd = new URL('../..', import.meta.url).pathname

test('a process ends while a collection waits for a callback that does not come back', async () => {
  const { code, stdout, stderr } = await runApp({
    ...esm(`${program}
      const busy = setInterval(() => {}, 1000)
      meter.createObservableGauge('g').addCallback(() => {
        clearInterval(busy)
        console.log('called')
        return new Promise(() => {})
      })`),
    cwd,
    node: process.execPath,
  })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'called\n', stderr: '' })
})

test('the last collection works in an exit handler, after process.exit() in an asynchronous function', async () => {
  const { code, stdout, stderr } = await runApp({
    ...esm(`${program}
      const counter = meter.createCounter('c')
      meter.createObservableGauge('g').addCallback(async result => {
        result.observe(2)
        await new Promise(() => {})
      })
      process.on('exit', () => {
        const metrics = reader.collectLast().scopeMetrics.flatMap(scope => scope.metrics)
        console.log(metrics.map(m => m.descriptor.name + '=' + m.dataPoints[0].value).join())
      })
      setTimeout(async () => {
        await null
        counter.add(41)
        counter.add(1)
        process.exit(3)
      }, 1)`),
    cwd,
    node: process.execPath,
  })
  expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: 'c=42,g=2\n', stderr: '' })
})
