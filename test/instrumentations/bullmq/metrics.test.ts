import { expect, test } from 'vitest'
import { Bench, createMeters, instrumentation, meterProvider, server } from './lab.ts'

const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

test('each attempt is counted and timed once under the names of the conventions and of BullMQ', async () => {
  await using bench = new Bench()
  bench.work(async job => {
    if (job.attemptsMade === 0) throw new RangeError('no')
  })
  await bench.queue.add('buy', {}, { attempts: 2 })
  await bench.ended(`process ${bench.name}`, 2)

  const common = { ...server, 'messaging.system': 'bullmq', 'messaging.destination.name': bench.name }
  const process = { ...common, 'messaging.operation.name': 'process' }
  const add = { ...common, 'messaging.operation.name': 'add' }
  const job = (state: string) => ({
    'bullmq.queue.name': bench.name,
    'bullmq.job.name': 'buy',
    'bullmq.job.state': state,
  })
  const error = { 'error.type': 'RangeError' }
  const type = { 'messaging.operation.type': 'send' }
  const points = await bench.metrics()
  expect(points.map(({ metric, unit, value, attributes }) => [metric, unit, value, attributes])).toEqual(
    expect.arrayContaining([
      ['messaging.process.duration', 's', 1, process],
      ['messaging.process.duration', 's', 1, { ...process, ...error }],
      ['messaging.client.operation.duration', 's', 1, { ...add, ...type }],
      ['messaging.client.sent.messages', '{message}', 1, add],
      ['messaging.client.consumed.messages', '{message}', 2, process],
      ['bullmq.jobs.completed', '1', 1, job('completed')],
      ['bullmq.jobs.retried', '1', 1, job('retried')],
      ['bullmq.job.duration', 'ms', 1, job('completed')],
      ['bullmq.job.duration', 'ms', 1, job('retried')],
    ]),
  )
  expect(points).toHaveLength(9)
  for (const { boundaries } of points.filter(point => point.unit === 's')) expect(boundaries).toEqual(seconds)
})

test('jobs sent in one call are counted one by one, for each queue', async () => {
  await using bench = new Bench()
  const child = { name: 'child', queueName: bench.name }
  await bench.queue.addBulk([
    { name: 'a', data: {} },
    { name: 'b', data: {} },
  ])
  await bench.flows().add({ name: 'parent', queueName: `${bench.name}-parents`, children: [child, child, child] })
  await bench.queue.addBulk([])

  const sent = (await bench.metrics()).filter(point => point.metric === 'messaging.client.sent.messages')
  expect(sent.map(({ attributes, value }) => [attributes['messaging.operation.name'], value])).toEqual([
    ['addBulk', 2],
    ['addFlow', 3],
  ])
})

test('jobs that the application settles itself are counted, without a duration', async () => {
  await using bench = new Bench()
  const worker = bench.work(async () => {}, { autorun: false })
  await bench.queue.add('by hand', {})
  const job = await worker.getNextJob('token')
  await job?.moveToCompleted('done', 'token', false)
  const points = (await bench.metrics()).filter(point => point.metric.startsWith('bullmq.'))
  expect(points).toMatchObject([{ metric: 'bullmq.jobs.completed', value: 1 }])
})

test('the size of a queue arrives when the application asks for it', async () => {
  await using bench = new Bench()
  await bench.queue.add('buy', {})
  if (bench.queue.recordJobCountsMetric === undefined) return // BullMQ before 5.71
  await bench.queue.recordJobCountsMetric('waiting', 'failed')
  const sizes = (await bench.metrics()).filter(point => point.metric === 'bullmq.queue.jobs')
  expect(sizes.map(({ value, attributes }) => [attributes['bullmq.queue.jobs.state'], value])).toEqual(
    expect.arrayContaining([
      ['waiting', 1],
      ['failed', 0],
    ]),
  )
})

test('a provider that comes later gets what happens from then on, from queues that exist already', async () => {
  await using bench = new Bench()
  await bench.queue.add('before', {})
  const late = createMeters()
  instrumentation.setMeterProvider(late.provider)
  await bench.queue.add('after', {})
  instrumentation.setMeterProvider(meterProvider)
  const sent = (await late.points()).filter(point => point.metric === 'messaging.client.sent.messages')
  expect(sent.map(point => point.value)).toEqual([1])
})
