import { type Meter, type ObservableResult, ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  AggregationType,
  createAllowListAttributesProcessor,
  MeterProvider,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { collectNow } from '../../src/providers/collect-now.ts'
import { ProxyMeterProvider } from '../../src/providers/proxy-meter-provider.ts'
import { TestReader } from './test-reader.ts'
import { valuesOf } from './values-of.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

type App = (provider: MeterProvider) => (round: number) => void

interface Setting {
  readonly temporality: AggregationTemporality
  readonly views?: ViewOptions[]
}

function start(app: App, { temporality, views = [] }: Setting) {
  const reader = new TestReader(temporality)
  const resource = resourceFromAttributes({ 'service.name': 'orders' })
  const provider = new MeterProvider({ resource, views, readers: [reader] })
  return { reader, act: app(provider) }
}

/** The same app twice, and three rounds of each: the SDK collects the one, and we the other. */
async function compare(app: App, setting: Setting, firstRounds: 'ours' | 'theirs' = 'ours'): Promise<ResourceMetrics> {
  const theirs = start(app, setting)
  const ours = start(app, setting)
  let last: ResourceMetrics | undefined
  for (const round of [1, 2, 3]) {
    vi.setSystemTime(1_000_000 + round * 1000)
    theirs.act(round)
    ours.act(round)
    vi.setSystemTime(1_000_500 + round * 1000)
    const expected = (await theirs.reader.collect()).resourceMetrics
    const isOurs = firstRounds === 'ours' || round === 3
    last = isOurs ? collectNow(ours.reader.producer) : (await ours.reader.collect()).resourceMetrics
    expect(inOrder(last), `round ${round}`).toEqual(inOrder(expected))
  }
  return last!
}

/** The SDK lists the scopes in the order in which their callbacks answered. */
function inOrder({ resource, scopeMetrics }: ResourceMetrics): unknown {
  return {
    resource: resource.attributes,
    scopeMetrics: scopeMetrics.toSorted((a, b) => a.scope.name.localeCompare(b.scope.name)),
  }
}

const { CUMULATIVE, DELTA } = AggregationTemporality
const settings = [
  { name: 'cumulative', temporality: CUMULATIVE },
  { name: 'delta', temporality: DELTA },
]

const everyKind: App = provider => {
  const meter = provider.getMeter('every-kind', '1.2.3', { schemaUrl: 'https://example.com/schema' })
  let now = 0
  const counter = meter.createCounter('counter', { unit: '{order}', description: 'Orders' })
  const upDown = meter.createUpDownCounter('upDown')
  const histogram = meter.createHistogram('histogram', { unit: 'ms' })
  const gauge = meter.createGauge('gauge')
  const observe = (result: ObservableResult): void => {
    result.observe(now * 10, { kind: 'a' })
    result.observe(now * 20, { kind: 'b' })
    result.observe(now * 30)
  }
  meter.createObservableCounter('observableCounter').addCallback(observe)
  meter.createObservableUpDownCounter('observableUpDown').addCallback(observe)
  meter.createObservableGauge('observableGauge').addCallback(observe)
  const [batched, other] = [meter.createObservableCounter('batched'), meter.createObservableGauge('other')]
  const unrelated = meter.createObservableGauge('unrelated')
  meter.addBatchObservableCallback(
    result => {
      result.observe(batched, now, { batch: true })
      result.observe(other, now / 2)
      result.observe(unrelated, now)
    },
    [batched, other],
  )
  return round => {
    now = round
    for (const attributes of [{ route: '/a' }, { route: '/b' }, {}]) {
      counter.add(round, attributes)
      upDown.add(round % 2 === 0 ? -round : round, attributes)
      histogram.record(round * 7, attributes)
      gauge.record(round * 3, attributes)
    }
  }
}

test.each(settings)('every kind of instrument has the values that the SDK would collect: $name', async setting => {
  const last = await compare(everyKind, setting)
  const sum = setting.temporality === CUMULATIVE ? 6 : 3
  expect(valuesOf(last)).toMatchObject({
    counter: [
      [{ route: '/a' }, sum],
      [{ route: '/b' }, sum],
      [{}, sum],
    ],
    batched: [[{ batch: true }, setting.temporality === CUMULATIVE ? 3 : 1]],
    observableGauge: [
      [{ kind: 'a' }, 30],
      [{ kind: 'b' }, 60],
      [{}, 90],
    ],
    gauge: [
      [{ route: '/a' }, 9],
      [{ route: '/b' }, 9],
      [{}, 9],
    ],
  })
  expect(Object.keys(valuesOf(last))).toHaveLength(9)
})

test.each(settings)('a last collection goes on where asynchronous ones ended: $name', async setting => {
  const last = await compare(everyKind, setting, 'theirs')
  expect(last.scopeMetrics[0]?.metrics).toHaveLength(9)
})

test.each(settings)('views rename, aggregate, drop and take attributes away: $name', async setting => {
  const views: ViewOptions[] = [
    { instrumentName: 'observable*', attributesProcessors: [createAllowListAttributesProcessor([])] },
    { instrumentName: 'counter', name: 'renamed', attributesProcessors: [createAllowListAttributesProcessor([])] },
    { instrumentName: 'counter', name: 'again' },
    { instrumentName: 'histogram', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
    { instrumentName: 'gauge', aggregation: { type: AggregationType.DROP } },
    {
      instrumentName: 'batched',
      aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [1, 2, 3] } },
    },
    { instrumentName: 'upDown', aggregationCardinalityLimit: 2 },
    { instrumentName: 'observableGauge', name: 'limited', aggregationCardinalityLimit: 2 },
  ]
  const last = await compare(everyKind, { ...setting, views })
  const values = valuesOf(last)
  expect(Object.keys(values)).toEqual(expect.arrayContaining(['renamed', 'again', 'observableCounter']))
  expect(values).not.toHaveProperty('gauge')
  expect(values['observableCounter']).toHaveLength(1)
})

test.each(settings)('all meters count, also those with nothing recorded: $name', async setting => {
  const last = await compare(provider => {
    const counters = ['one', 'two'].map(name => provider.getMeter(name).createCounter('same.name'))
    provider.getMeter('nothing-recorded').createCounter('c')
    provider.getMeter('no-instrument')
    return round => counters.forEach((counter, index) => counter.add(round * (index + 1)))
  }, setting)
  expect(last.scopeMetrics.map(({ scope }) => scope.name)).toEqual(['one', 'two'])
})

test.each(settings)('what is observed is measured by the rules of the SDK: $name', async setting => {
  const last = await compare(provider => {
    const meter = provider.getMeter('rules')
    let now = 0
    const int = meter.createObservableCounter('int', { valueType: ValueType.INT })
    int.addCallback(result => {
      result.observe(now + 0.9, { a: 1, b: [1, 2] })
      result.observe(Number.POSITIVE_INFINITY, { infinite: true })
      result.observe(Number.NaN, { nan: true })
    })
    const double = meter.createObservableGauge('double')
    double.addCallback(result => {
      result.observe(now + 0.5, { a: 1, b: 2 })
      result.observe(now + 0.7, { b: 2, a: 1 })
      result.observe(Number.NaN, { nan: true })
      result.observe('7' as unknown as number, { text: true })
      result.observe(undefined as unknown as number)
    })
    double.addCallback(result => result.observe(now + 0.8, { a: 1, b: 2 }))
    const twice = meter.createObservableUpDownCounter('twice')
    twice.addCallback(result => {
      result.observe(now)
      result.observe(now * 5)
    })
    return round => (now = round)
  }, setting)
  expect(valuesOf(last)).toEqual({
    int: [[{ a: 1, b: [1, 2] }, setting.temporality === CUMULATIVE ? 3 : 1]],
    double: [
      [{ a: 1, b: 2 }, 3.8],
      [{ nan: true }, Number.NaN],
    ],
    twice: [[{}, setting.temporality === CUMULATIVE ? 15 : 5]],
  })
})

test('equal attributes that are observed twice are one measurement, also where a view makes a histogram of it', async () => {
  const last = await compare(
    provider => {
      const observable = provider.getMeter('m').createObservableGauge('g')
      observable.addCallback(result => {
        result.observe(5, { x: 1, y: 2 })
        result.observe(500, { y: 2, x: 1 })
      })
      return () => {}
    },
    {
      temporality: DELTA,
      views: [{ instrumentName: 'g', aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM } }],
    },
  )
  expect(last.scopeMetrics).toHaveLength(1)
})

test.each(settings)('callbacks that fail are passed over, with all that they observed before: $name', async setting => {
  const last = await compare(provider => {
    const meter = provider.getMeter('failing')
    const [throwing, fine] = [meter.createObservableGauge('throwing'), meter.createObservableGauge('fine')]
    throwing.addCallback(result => {
      result.observe(1)
      throw new Error('broken')
    })
    meter.addBatchObservableCallback(
      result => {
        result.observe(throwing, 1)
        result.observe(undefined as never, 1)
        throw undefined
      },
      [throwing],
    )
    fine.addCallback(result => result.observe(2))
    return () => {}
  }, setting)
  expect(valuesOf(last)).toEqual({ fine: [[{}, 2]] })
})

test('of an asynchronous callback counts what it observed before it first waited', async () => {
  const reader = new TestReader()
  const gauge = new MeterProvider({ readers: [reader] }).getMeter('m').createObservableGauge('g')
  const rejections: unknown[] = []
  const remember = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', remember)
  gauge.addCallback(async result => {
    result.observe(1, { when: 'before' })
    await Promise.resolve()
    result.observe(2, { when: 'after' })
    throw new Error('broken')
  })
  gauge.addCallback(async () => {
    throw new Error('broken at once')
  })

  expect(valuesOf(collectNow(reader.producer))).toEqual({ g: [[{ when: 'before' }, 1]] })
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', remember)
  expect(rejections).toEqual([])
})

test('instruments that were made before there was a provider are read like any other', async () => {
  const last = await compare(
    provider => {
      const proxy = new ProxyMeterProvider()
      const meter: Meter = proxy.getMeter('early')
      const [single, batched] = [meter.createObservableGauge('single'), meter.createObservableGauge('batched')]
      const counter = meter.createCounter('counter')
      single.addCallback(result => result.observe(1))
      meter.addBatchObservableCallback(result => result.observe(batched, 2), [batched])
      proxy.setDelegate(provider)
      return round => counter.add(round)
    },
    { temporality: CUMULATIVE },
  )
  expect(valuesOf(last)).toEqual({ single: [[{}, 1]], batched: [[{}, 2]], counter: [[{}, 6]] })
})

test('two readers do not take from each other', async () => {
  const readers = [new TestReader(DELTA), new TestReader(CUMULATIVE)] as const
  const counter = new MeterProvider({ readers: [...readers] }).getMeter('m').createCounter('c')
  counter.add(1)
  expect(valuesOf(collectNow(readers[0].producer))).toEqual({ c: [[{}, 1]] })
  counter.add(2)
  expect(valuesOf(collectNow(readers[0].producer))).toEqual({ c: [[{}, 2]] })
  expect(valuesOf(collectNow(readers[1].producer))).toEqual({ c: [[{}, 3]] })
  expect(valuesOf((await readers[1].collect()).resourceMetrics)).toEqual({ c: [[{}, 3]] })
})

test.each([
  ['nothing of it', {}],
  ['no meters', { _sharedState: {} }],
  ['other meters', { _sharedState: { resource: undefined, meterSharedStates: new Map([['m', {}]]) } }],
  [
    'other storages',
    {
      _sharedState: {
        meterSharedStates: new Map([
          ['m', { observableRegistry: { _callbacks: [], _batchCallbacks: [] }, metricStorageRegistry: {} }],
        ]),
      },
    },
  ],
  [
    'storages that throw',
    {
      _sharedState: {
        meterSharedStates: new Map([
          [
            'm',
            {
              observableRegistry: { _callbacks: [], _batchCallbacks: [] },
              metricStorageRegistry: {
                getStorages() {
                  throw new TypeError('moved')
                },
              },
            },
          ],
        ]),
      },
    },
  ],
])('an SDK that has moved its internals gives no metrics and does not throw: %s', (_, producer) => {
  expect(collectNow(producer as never)).toMatchObject({ scopeMetrics: [] })
})
