import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { activeSpanId, Bench, bullmq, connection, inSpan, leaveTrace, seenSpans, server } from './lab.ts'

test('a job is one trace: who adds it, its attempt, and what its processor does', async () => {
  await using bench = new Bench()
  bench.work(async () => leaveTrace('inside'))
  await inSpan('request', () => bench.queue.add('buy', {}))

  const [attempt] = await bench.ended(`process ${bench.name}`)
  const [[request], [add], [inside]] = [bench.named('request'), bench.named(`add ${bench.name}`), bench.named('inside')]
  expect(add).toMatchObject({ kind: 'PRODUCER', parent: request?.id, scope: '@org/otel/bullmq' })
  expect(attempt).toMatchObject({ kind: 'CONSUMER', parent: add?.id, error: undefined, exceptions: [] })
  expect(inside?.parent).toBe(attempt.id)
  expect(new Set(bench.spans().map(span => span.traceId)).size).toBe(1)
  expect(bench.spans()).toHaveLength(4)
})

test('attributes follow the messaging conventions, and are no more than these', async () => {
  await using bench = new Bench()
  const worker = bench.work(async () => ({ result: 'SECRET' }), { name: 'till-1' })
  const { id } = await bench.queue.add('buy', { card: 'SECRET' })

  const [attempt] = await bench.ended(`process ${bench.name}`)
  const common = {
    ...server,
    'messaging.system': 'bullmq',
    'messaging.destination.name': bench.name,
    'messaging.message.id': id,
    'bullmq.job.name': 'buy',
  }
  expect(bench.named(`add ${bench.name}`)[0]?.attributes).toEqual({
    ...common,
    'messaging.operation.name': 'add',
    'messaging.operation.type': 'send',
  })
  expect(attempt.attributes).toEqual({
    ...common,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.client.id': worker.id,
    'bullmq.worker.name': 'till-1',
    'bullmq.job.attempt': 1,
    'bullmq.job.state': 'completed',
  })
})

test('jobs added in bulk are children of one span that counts them', async () => {
  await using bench = new Bench()
  bench.work(async () => {})
  await inSpan('request', () => bench.queue.addBulk(['a', 'b', 'c'].map(name => ({ name, data: { card: 'SECRET' } }))))

  const attempts = await bench.ended(`process ${bench.name}`, 3)
  const [send] = bench.named(`addBulk ${bench.name}`)
  expect(send).toMatchObject({ kind: 'PRODUCER', parent: bench.named('request')[0]?.id })
  expect(send?.attributes).toMatchObject({ 'messaging.batch.message_count': 3, 'messaging.operation.type': 'send' })
  expect(attempts.map(span => span.parent)).toEqual([send?.id, send?.id, send?.id])
  expect(new Set(attempts.map(span => span.attributes['bullmq.job.name']))).toEqual(new Set(['a', 'b', 'c']))
})

test('each job of a flow is processed below the span that added it, with options and without', async () => {
  await using bench = new Bench()
  const mails = `${bench.name}-mails`
  bench.work(async () => {})
  bench.work(async () => {}, {}, mails)
  const flow = {
    name: 'order',
    queueName: bench.name,
    children: [
      { name: 'plain', queueName: mails, data: {} },
      { name: 'with options', queueName: mails, opts: { attempts: 2 }, children: [{ name: 'deep', queueName: mails }] },
    ],
  }
  const tree = await inSpan('request', () => bench.flows().add(flow))

  expect(tree.children?.map(child => child.job.opts.attempts)).toEqual([0, 2])
  expect(Object.keys(flow)).toEqual(['name', 'queueName', 'children'])
  const attempts = [...(await bench.ended(`process ${bench.name}`)), ...(await bench.ended(`process ${mails}`, 3))]
  const [send] = bench.named(`addFlow ${bench.name}`)
  expect(send).toMatchObject({ kind: 'PRODUCER', parent: bench.named('request')[0]?.id })
  expect(send?.attributes).toMatchObject({ 'messaging.batch.message_count': 4, 'bullmq.flow.name': 'order' })
  const adds = [...bench.named(`add ${bench.name}`), ...bench.named(`add ${mails}`)]
  expect(adds.map(span => [span.kind, span.attributes['messaging.operation.type']])).toEqual(
    adds.map(() => ['PRODUCER', 'create']),
  )
  for (const attempt of attempts) {
    const add = adds.find(
      span => span.attributes['messaging.message.id'] === attempt.attributes['messaging.message.id'],
    )
    expect(attempt.parent).toBe(add?.id)
  }
  expect(new Set(bench.spans().map(span => span.traceId)).size).toBe(1)
})

test('flows added in bulk are one trace too', async () => {
  await using bench = new Bench()
  bench.work(async () => {})
  const flows = ['one', 'two'].map(name => ({ name, queueName: bench.name }))
  await inSpan('request', () => bench.flows().addBulk(flows))

  const attempts = await bench.ended(`process ${bench.name}`, 2)
  const adds = bench.named(`add ${bench.name}`)
  const [send] = bench.named('addBulkFlows')
  expect(send?.attributes['messaging.batch.message_count']).toBe(2)
  expect(adds.map(span => span.parent)).toEqual([send?.id, send?.id])
  expect(new Set(attempts.map(span => span.parent))).toEqual(new Set(adds.map(span => span.id)))
})

test('each job of a scheduler is a trace, with a link to the one before', async () => {
  await using bench = new Bench()
  bench.work(async () => {})
  await inSpan('request', () =>
    bench.queue.upsertJobScheduler('nightly', { every: 100, limit: 3 }, { name: 'report', data: {} }),
  )

  await bench.ended(`process ${bench.name}`, 3)
  const adds = bench.named(`add ${bench.name}`)
  const byId = adds.toSorted((a, b) => idOf(a).localeCompare(idOf(b)))
  expect(byId.map(span => [span.kind, span.attributes['bullmq.job.scheduler.id']])).toEqual(
    byId.map(() => ['PRODUCER', 'nightly']),
  )
  expect(byId.map(span => span.parent)).toEqual([bench.named('request')[0]?.id, undefined, undefined])
  expect(byId.map(span => span.links)).toEqual([[], [byId[0]?.id], [byId[1]?.id]])
  for (const add of adds) {
    expect(bench.named(`process ${bench.name}`).filter(span => idOf(span) === idOf(add))).toMatchObject([
      { parent: add.id, traceId: add.traceId },
    ])
  }
})

const idOf = (span: { attributes: object }) => String(Object(span.attributes)['messaging.message.id'])

test('a failed attempt is an error, also when the job is tried again; all attempts have one parent', async () => {
  await using bench = new Bench()
  class OutOfStock extends Error {}
  bench.work(async job => {
    if (job.attemptsMade < 2) throw new OutOfStock(`attempt ${job.attemptsMade + 1}`)
  })
  await bench.queue.add('later', {}, { attempts: 3, backoff: 10 })
  const attempts = await bench.ended(`process ${bench.name}`, 3)

  const [add] = bench.named(`add ${bench.name}`)
  expect(attempts).toMatchObject([
    { parent: add?.id, error: 'attempt 1', exceptions: ['attempt 1'], attributes: { 'error.type': 'OutOfStock' } },
    { parent: add?.id, error: 'attempt 2', exceptions: ['attempt 2'], attributes: { 'error.type': 'OutOfStock' } },
    { parent: add?.id, error: undefined, exceptions: [] },
  ])
  expect(attempts.map(({ attributes }) => [attributes['bullmq.job.attempt'], attributes['bullmq.job.state']])).toEqual([
    [1, 'delayed'],
    [2, 'delayed'],
    [3, 'completed'],
  ])
  expect(attempts[2]?.attributes).not.toHaveProperty('error.type')
})

test('the last attempt says that the job has failed', async () => {
  await using bench = new Bench()
  bench.work(async () => {
    throw new RangeError('no')
  })
  await bench.queue.add('twice', {}, { attempts: 2 })
  const attempts = await bench.ended(`process ${bench.name}`, 2)
  expect(attempts.map(span => span.attributes['bullmq.job.state'])).toEqual(['retried', 'failed'])
  expect(attempts.map(span => span.error)).toEqual(['no', 'no'])
})

test('a job that waits because its processor asks for it has not failed', async () => {
  await using bench = new Bench()
  let calls = 0
  bench.work(async (job, token) => {
    if (calls++ > 0) return
    await job.moveToDelayed(Date.now() + 10, token)
    throw new bullmq.DelayedError()
  })
  await bench.queue.add('later', {})
  const attempts = await bench.ended(`process ${bench.name}`, 2)
  expect(attempts.map(span => [span.error, span.exceptions])).toEqual([
    [undefined, []],
    [undefined, []],
  ])
  expect(attempts.map(span => span.attributes['bullmq.job.state'])).toEqual([undefined, 'completed'])
})

test('a job whose outcome cannot be saved is an error, even though its processor did its work', async () => {
  await using bench = new Bench()
  const redis = new Redis(connection)
  bench.open({ close: () => redis.quit() })
  bench.work(async job => void (await redis.del(`bull:${bench.name}:${job.id}:lock`)))
  await bench.queue.add('stolen', {})
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt).toMatchObject({ error: expect.stringMatching(/Missing lock/), attributes: { 'error.type': 'Error' } })
  expect(attempt.exceptions).toHaveLength(1)
  expect(attempt.attributes).not.toHaveProperty('bullmq.job.state')
})

test('a job that fails without its processor says why', async () => {
  await using bench = new Bench()
  const mails = `${bench.name}-mails`
  bench.work(async () => {})
  bench.work(async () => Promise.reject(new Error('no mail')), {}, mails)
  const child = { name: 'child', queueName: mails, opts: { failParentOnFailure: true } }
  await bench.flows().add({ name: 'parent', queueName: bench.name, children: [child] })
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt).toMatchObject({
    error: expect.stringContaining('child'),
    attributes: { 'error.type': 'UnrecoverableError', 'bullmq.job.state': 'failed', 'bullmq.job.attempt': 1 },
  })
})

test('what cannot be added is an error of the span that tries', async () => {
  await using bench = new Bench()
  await expect(inSpan('request', () => bench.queue.add('buy', {}, { jobId: '0' }))).rejects.toThrow(/JobId/)
  const [add] = await bench.ended(`add ${bench.name}`)
  expect(add).toMatchObject({
    kind: 'PRODUCER',
    error: expect.stringMatching(/JobId/),
    attributes: { 'error.type': 'Error' },
  })
  expect(add.exceptions).toHaveLength(1)
})

test('the context of the attempt is active in the processor, and nothing else of the worker is', async () => {
  await using bench = new Bench()
  const active: (string | undefined)[] = []
  await inSpan('startup', async () => bench.work(async () => void active.push(activeSpanId())))
  await bench.queue.add('buy', {}, { telemetry: { omitContext: true } })

  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(active).toEqual([attempt.id])
  expect(attempt.parent).toBeUndefined()
})

test('a job without context begins a trace', async () => {
  await using bench = new Bench()
  bench.work(async () => {})
  await inSpan('request', () => bench.queue.add('apart', {}, { telemetry: { omitContext: true } }))
  const [attempt] = await bench.ended(`process ${bench.name}`)
  expect(attempt.parent).toBeUndefined()
  expect(attempt.traceId).not.toBe(bench.named(`add ${bench.name}`)[0]?.traceId)
})

test('what BullMQ does for itself, and what an application asks besides, has no span', async () => {
  await using bench = new Bench()
  const { queue } = bench
  const worker = bench.work(async () => new Promise(resolve => setTimeout(resolve, 150)), {
    lockRenewTime: 20,
    stalledInterval: 20,
    drainDelay: 1,
  })
  await queue.pause()
  await queue.resume()
  await queue.add('slow', {})
  await bench.ended(`process ${bench.name}`)
  await worker.pause()
  await queue.add('waits', {})
  const job = await worker.getNextJob('token')
  await job?.updateProgress({ card: 'SECRET' })
  await queue.rateLimit(1)
  await queue.drain()
  await queue.clean(0, 10)
  await queue.retryJobs()
  await queue.promoteJobs()
  await queue.trimEvents(10)
  await worker.resume()
  await worker.close(true)
  await queue.obliterate({ force: true })

  const names = seenSpans()
    .filter(span => span.scope === '@org/otel/bullmq')
    .map(span => span.name)
  expect(names.toSorted()).toEqual([`add ${bench.name}`, `add ${bench.name}`, `process ${bench.name}`])
})

test('nothing of a job is in any span: not its data, its progress or its result', async () => {
  await using bench = new Bench()
  const card = 'SECRET'
  bench.work(async job => {
    await job.updateProgress({ card })
    await job.log(card)
    if (job.name === 'throws') throw { card }
    return { card }
  })
  await bench.queue.add('buy', { card })
  await bench.queue.addBulk([{ name: 'buy', data: { card } }])
  await bench.flows().add({ name: 'buy', queueName: bench.name, data: { card } })
  await bench.queue.upsertJobScheduler('one', { every: 1000, limit: 1 }, { name: 'buy', data: { card } })
  await bench.queue.add('throws', { card })
  await bench.ended(`process ${bench.name}`, 5)
  expect(JSON.stringify(bench.spans())).not.toContain(card)
  expect(JSON.stringify(await bench.metrics())).not.toContain(card)
})
