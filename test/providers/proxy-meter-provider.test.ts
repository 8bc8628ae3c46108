import type { BatchObservableCallback, Meter, MeterProvider, ObservableCallback } from '@opentelemetry/api'
import { MeterProvider as SdkMeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { ProxyMeterProvider } from '../../src/providers/proxy-meter-provider.ts'

class TestReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

interface Sdk {
  readonly provider: MeterProvider
  /** The number of each metric by name; of a histogram the sum. */
  collect(): Promise<Record<string, unknown>>
}

function createSdk(): Sdk {
  const reader = new TestReader()
  const provider = new SdkMeterProvider({ readers: [reader] })
  return {
    provider,
    async collect() {
      const { resourceMetrics, errors } = await reader.collect()
      expect(errors).toEqual([])
      const metrics = resourceMetrics.scopeMetrics.flatMap(scope => scope.metrics)
      return Object.fromEntries(
        metrics.map(({ descriptor, dataPoints }) => [descriptor.name, valueOf(dataPoints[0]?.value)]),
      )
    },
  }
}

function valueOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'sum' in value ? value.sum : value
}

function start(): { meter: Meter; proxy: ProxyMeterProvider; sdk: Sdk } {
  const proxy = new ProxyMeterProvider()
  return { meter: proxy.getMeter('early'), proxy, sdk: createSdk() }
}

test('instruments that were made before there is a provider record once there is one', async () => {
  const { meter, proxy, sdk } = start()
  const counter = meter.createCounter('counter')
  const upDownCounter = meter.createUpDownCounter('upDownCounter')
  const histogram = meter.createHistogram('histogram')
  const gauge = meter.createGauge('gauge')

  proxy.setDelegate(sdk.provider)
  counter.add(1)
  upDownCounter.add(-2)
  histogram.record(3)
  gauge.record(4)

  expect(await sdk.collect()).toEqual({ counter: 1, upDownCounter: -2, histogram: 3, gauge: 4 })
})

test('what is recorded before there is a provider is dropped', async () => {
  const { meter, proxy, sdk } = start()
  const counter = meter.createCounter('counter')
  counter.add(100)
  proxy.setDelegate(sdk.provider)
  counter.add(1)
  expect(await sdk.collect()).toEqual({ counter: 1 })
})

test('attributes and the context of a measurement go along, and so do the options of an instrument', async () => {
  const { meter, proxy, sdk } = start()
  const calls: unknown[][] = []
  const spy = (...args: unknown[]): void => void calls.push(args)
  const options = { unit: 's', description: 'd', advice: { explicitBucketBoundaries: [1] } }
  const histogram = meter.createHistogram('histogram', options)
  const real = sdk.provider.getMeter('early')
  proxy.setDelegate({
    getMeter: (...args) => {
      spy('getMeter', ...args)
      return Object.assign(Object.create(real) as Meter, {
        createHistogram: (...given: unknown[]) => (spy('createHistogram', ...given), { record: spy }),
      })
    },
  })
  histogram.record(1, { a: 1 }, 'context' as never)
  expect(calls).toEqual([
    ['getMeter', 'early', undefined, undefined],
    ['createHistogram', 'histogram', options],
    [1, { a: 1 }, 'context'],
  ])
})

test('callbacks of observable instruments are asked from then on, and those that were taken back are not', async () => {
  const { meter, proxy, sdk } = start()
  const asked: string[] = []
  const observe =
    (name: string, value: number): ObservableCallback =>
    result => {
      asked.push(name)
      result.observe(value)
    }
  const [kept, dropped, late] = [observe('kept', 1), observe('dropped', 2), observe('late', 3)]
  const gauge = meter.createObservableGauge('gauge')
  const counter = meter.createObservableCounter('counter')
  const upDownCounter = meter.createObservableUpDownCounter('upDownCounter')
  gauge.addCallback(kept)
  counter.addCallback(dropped)
  counter.removeCallback(dropped)

  proxy.setDelegate(sdk.provider)
  upDownCounter.addCallback(late)
  expect(await sdk.collect()).toEqual({ gauge: 1, upDownCounter: 3 })
  expect(asked).toEqual(['kept', 'late'])

  gauge.removeCallback(kept)
  upDownCounter.removeCallback(late)
  await sdk.collect()
  expect(asked).toEqual(['kept', 'late'])
})

test('a callback for several instruments observes those that it was given', async () => {
  const { meter, proxy, sdk } = start()
  const early = meter.createObservableGauge('early')
  const batch: BatchObservableCallback = result => result.observe(early, 1)
  meter.addBatchObservableCallback(batch, [early])

  proxy.setDelegate(sdk.provider)
  const late = meter.createObservableGauge('late')
  const mixed: BatchObservableCallback = result => {
    result.observe(early, 2)
    result.observe(late, 3, { a: 1 })
  }
  expect(await sdk.collect()).toEqual({ early: 1 })

  meter.removeBatchObservableCallback(batch, [early])
  meter.addBatchObservableCallback(mixed, [early, late])
  expect(await sdk.collect()).toEqual({ early: 2, late: 3 })
})

test('a callback for several instruments can be taken back, before and after, also where it was given twice', async () => {
  const { meter, proxy, sdk } = start()
  const [one, other] = [meter.createObservableGauge('one'), meter.createObservableGauge('other')]
  let asked = 0
  const batch: BatchObservableCallback = () => void (asked += 1)
  meter.addBatchObservableCallback(batch, [one])
  meter.addBatchObservableCallback(batch, [other])
  meter.addBatchObservableCallback(batch, [one, other])
  meter.removeBatchObservableCallback(batch, [one, other])

  proxy.setDelegate(sdk.provider)
  await sdk.collect()
  expect(asked).toBe(2)

  meter.removeBatchObservableCallback(batch, [one])
  meter.removeBatchObservableCallback(batch, [other])
  await sdk.collect()
  expect(asked).toBe(2)
})

test('each name, version and schema has one meter', () => {
  const proxy = new ProxyMeterProvider()
  const meter = proxy.getMeter('a', '1', { schemaUrl: 's' })
  expect(proxy.getMeter('a', '1', { schemaUrl: 's' })).toBe(meter)
  expect(proxy.getMeter('a', '1')).not.toBe(meter)
  expect(proxy.getMeter('a')).not.toBe(proxy.getMeter('a', '1'))
})

test('once there is a provider its own meters and instruments are given out', async () => {
  const { meter, proxy, sdk } = start()
  proxy.setDelegate(sdk.provider)
  meter.createCounter('from an early meter').add(1)
  proxy.getMeter('late').createCounter('from a late meter').add(2)
  expect(proxy.getMeter('late')).toBe(sdk.provider.getMeter('late'))
  expect(await sdk.collect()).toEqual({ 'from an early meter': 1, 'from a late meter': 2 })
})

test('the first provider stays', async () => {
  const { meter, proxy, sdk } = start()
  const counter = meter.createCounter('counter')
  const second = createSdk()
  proxy.setDelegate(sdk.provider)
  proxy.setDelegate(second.provider)
  counter.add(1)
  expect(await sdk.collect()).toEqual({ counter: 1 })
  expect(await second.collect()).toEqual({})
})
