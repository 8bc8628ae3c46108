import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import type { OtelOptions } from '../../src/config/options.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { createMetrics } from '../../src/providers/metrics.ts'
import { TestReader } from './test-reader.ts'
import { valuesOf } from './values-of.ts'

type Delivery = Parameters<typeof createMetrics>[0]['deliveries'][number] & {
  readonly pushed: ResourceMetrics[]
  flushed: number
}

function createDelivery(): Delivery {
  const delivery: Pick<Delivery, 'push' | 'flush' | 'pushed' | 'flushed'> = {
    pushed: [],
    flushed: 0,
    push: metrics => void delivery.pushed.push(metrics),
    flush: async () => void delivery.flushed++,
  }
  return delivery as Delivery
}

function start(options: OtelOptions, ...deliveries: Delivery[]) {
  const readFile = (): never => {
    throw new Error('no file')
  }
  const { config } = resolveConfig({ env: {}, options, readFile })
  const problems: string[] = []
  const metrics = createMetrics({
    config,
    resource: resourceFromAttributes({ 'service.name': 'orders' }),
    deliveries,
    readers: [],
    proxy: undefined,
    report: ({ message }) => void problems.push(message),
  })
  return { ...metrics, problems, meter: metrics.provider.getMeter('app') }
}

test('each delivery has collections of its own, and so have the readers of the user', async () => {
  const [one, other, reader] = [createDelivery(), createDelivery(), new TestReader()]
  const { meter, flush, shutdown } = start({ metricReaders: [reader] }, one, other)
  const counter = meter.createCounter('c')
  counter.add(1)
  await flush(1000)
  counter.add(2)
  await flush(1000)
  const counts = (delivery: Delivery): unknown => delivery.pushed.map(metrics => valuesOf(metrics)['c']?.[0]?.[1])
  expect(counts(one)).toEqual([1, 3])
  expect(counts(other)).toEqual([1, 3])
  expect([one.flushed, other.flushed]).toEqual([2, 2])
  expect(valuesOf((await reader.collect()).resourceMetrics)['c']).toEqual([[{}, 3]])
  expect(one.pushed[0]?.resource.attributes).toEqual({ 'service.name': 'orders' })
  await shutdown(1000)
  expect(counts(one)).toEqual([1, 3, 3])
  expect(valuesOf(one.pushed[1]!)).toHaveProperty(['otel.sdk.metric_reader.collection.duration'])
})

test('the last collection is pushed at once, to each delivery, and only where the app did anything', async () => {
  const [one, other] = [createDelivery(), createDelivery()]
  const { meter, flush, shutdown, collectLast } = start({}, one, other)
  collectLast()
  expect([one.pushed, other.pushed]).toEqual([[], []])

  meter.createCounter('c').add(1)
  await flush(1000)
  meter.createCounter('c').add(4)
  collectLast()
  const counts = ({ pushed }: Delivery): unknown => pushed.map(metrics => valuesOf(metrics)['c']?.[0]?.[1])
  expect([one, other].map(counts)).toEqual([
    [1, 5],
    [1, 5],
  ])
  await shutdown(1000)
  const count = one.pushed.length
  collectLast()
  expect(one.pushed).toHaveLength(count)
})

test('views of the user hold in the last collection too', () => {
  const delivery = createDelivery()
  const { meter, collectLast, problems } = start(
    {
      views: [
        { instrumentName: 'c', name: 'renamed' },
        {
          instrumentName: 'g',
          attributesProcessors: [
            {
              process() {
                throw new Error('broken')
              },
            },
          ],
        },
      ],
    },
    delivery,
  )
  meter.createCounter('c').add(1)
  meter.createObservableGauge('g').addCallback(result => result.observe(1, { kept: true }))
  collectLast()
  expect(delivery.pushed.map(valuesOf)).toEqual([{ renamed: [[{}, 1]], g: [[{ kept: true }, 1]] }])
  expect(problems).toEqual([expect.stringContaining('broken')])
})

test('a callback that fails is a problem that names its instrument', async () => {
  const { meter, flush, problems, shutdown } = start({}, createDelivery(), createDelivery())
  meter.createObservableGauge('queue.length').addCallback(() => Promise.reject(new Error('no connection')))
  await flush(1000)
  await flush(1000)
  await shutdown(1000)
  expect(problems.length).toBeGreaterThan(0)
  expect(new Set(problems).size).toBe(1)
  expect(problems[0]).toMatch(/queue\.length.*no connection/)
})
