import type { MeterProvider } from '@opentelemetry/api'
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { collectWithin } from '../../src/providers/collect-within.ts'
import { TestReader } from './test-reader.ts'
import { valuesOf } from './values-of.ts'

function start(app: (provider: MeterProvider) => void): TestReader {
  const reader = new TestReader()
  app(new SdkMeterProvider({ readers: [reader] }))
  return reader
}

const generous = 20_000

test('asynchronous callbacks are waited for, and what fails is told as the SDK tells it', async () => {
  const app = (provider: MeterProvider): void => {
    const meter = provider.getMeter('m')
    const [a, b, c] = ['a', 'b', 'c'].map(name => meter.createObservableGauge(name)) as [never, never, never]
    const observable = meter.createObservableCounter('observable')
    observable.addCallback(async result => {
      await new Promise(resolve => setImmediate(resolve))
      result.observe(7)
    })
    meter.addBatchObservableCallback(
      async result => {
        await Promise.resolve()
        result.observe(a, 1)
        result.observe(b, 2)
      },
      [a, b],
    )
    meter.addBatchObservableCallback(
      async result => {
        result.observe(c, 1)
        await Promise.resolve()
        throw new RangeError('broken')
      },
      [c, b],
    )
  }
  const theirs = await start(app).collect()
  const ours = await collectWithin(start(app).producer, generous)
  expect(valuesOf(ours.resourceMetrics)).toEqual(valuesOf(theirs.resourceMetrics))
  expect(valuesOf(ours.resourceMetrics)).toEqual({ observable: [[{}, 7]], a: [[{}, 1]], b: [[{}, 2]] })
  expect(theirs.errors).toMatchObject([{ name: 'RangeError', message: 'broken' }])
  expect(ours.errors).toMatchObject([{ name: 'RangeError', message: 'broken', instruments: 'c, b' }])
})

test('a callback that does not come back costs its own values only, now and later', async () => {
  let release = (): void => {}
  const reader = start(provider => {
    const meter = provider.getMeter('m')
    meter.createCounter('counter').add(1)
    meter.createObservableGauge('hanging').addCallback(async result => {
      result.observe(1)
      await new Promise<void>(resolve => (release = resolve))
      result.observe(2)
    })
  })
  const { resourceMetrics, errors } = await collectWithin(reader.producer, 1)
  expect(valuesOf(resourceMetrics)).toEqual({ counter: [[{}, 1]] })
  expect(errors).toMatchObject([{ name: 'TimeoutError', message: 'no answer within 1 ms', instruments: 'hanging' }])

  const releaseFirst = release
  const again = collectWithin(reader.producer, 1)
  releaseFirst()
  expect(valuesOf((await again).resourceMetrics)).toEqual({ counter: [[{}, 1]] })
})

test('what is no collector of the SDK that we know collects by itself', async () => {
  const collected = await start(provider => provider.getMeter('m').createCounter('c').add(1)).collect()
  expect(await collectWithin({ collect: async () => collected }, generous)).toBe(collected)
})
