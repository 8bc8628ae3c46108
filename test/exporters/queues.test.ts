import { expect, test } from 'vitest'
import { createBatchQueue } from '../../src/exporters/batch-queue.ts'
import { createLatestQueue } from '../../src/exporters/latest-queue.ts'

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)

test('a full queue refuses the newest, and a batch under way does not count against its size', () => {
  const queue = createBatchQueue<number>({ maxQueueSize: 3, maxExportBatchSize: 2 })
  expect(numbers(1, 4).map(number => queue.push(number))).toEqual([
    undefined,
    undefined,
    undefined,
    { reason: 'queue_full', count: 1 },
  ])
  expect(queue.take()).toEqual({ items: [1, 2], count: 2 })
  expect([queue.waiting, queue.inFlight]).toEqual([1, 2])
  expect([queue.push(5), queue.push(6)]).toEqual([undefined, undefined])
  expect(queue.push(7)).toEqual({ reason: 'queue_full', count: 1 })
})

test('what was under way and comes back is the first to go again, and nothing is refused for it afterwards but the new', () => {
  const queue = createBatchQueue<number>({ maxQueueSize: 2, maxExportBatchSize: 2 })
  for (const number of [1, 2]) queue.push(number)
  queue.take()
  for (const number of [3, 4]) queue.push(number)
  expect(queue.putBack()).toBeUndefined()
  expect([queue.waiting, queue.inFlight]).toEqual([4, 0])
  expect(queue.push(5)).toEqual({ reason: 'queue_full', count: 1 })
  expect(queue.take()?.items).toEqual([1, 2])
  queue.done()
  expect(queue.take()?.items).toEqual([3, 4])
})

test('an end takes what is under way and what waits, in requests of the usual size', () => {
  const queue = createBatchQueue<number>({ maxQueueSize: 9, maxExportBatchSize: 2 })
  for (const number of numbers(1, 5)) queue.push(number)
  queue.take()
  expect(queue.empty().batches.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]])
  expect([queue.waiting, queue.inFlight]).toEqual([0, 0])
})

test('a batch is due as soon as it is whole', () => {
  const queue = createBatchQueue<number>({ maxQueueSize: 9, maxExportBatchSize: 2 })
  queue.push(1)
  expect(queue.isDue).toBe(false)
  queue.push(2)
  expect(queue.isDue).toBe(true)
})

test('of metrics the newest collection waits, and the one before it is superseded with all its data points', () => {
  const queue = createLatestQueue<number[]>(items => items.length)
  expect(queue.push([1, 2])).toBeUndefined()
  expect(queue.push([1, 2, 3])).toEqual({ reason: 'superseded', count: 2 })
  expect(queue.waiting).toBe(3)
  expect(queue.take()).toEqual({ items: [1, 2, 3], count: 3 })
  expect(queue.putBack()).toBeUndefined()
  queue.take()
  queue.push([9])
  expect(queue.putBack()).toEqual({ reason: 'superseded', count: 3 })
  expect(queue.empty()).toEqual({ batches: [{ items: [9], count: 1 }], losses: [] })
})

test('an end takes the newest collection alone', () => {
  const queue = createLatestQueue<string>(items => items.length)
  queue.push('old')
  queue.take()
  queue.push('new!')
  expect(queue.empty()).toEqual({
    batches: [{ items: 'new!', count: 4 }],
    losses: [{ reason: 'superseded', count: 3 }],
  })
})
