import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { createBatchQueue } from '../../src/exporters/batch-queue.ts'
import { createDelivery, type Delivery } from '../../src/exporters/delivery.ts'
import type { Outcome } from '../../src/exporters/outcome.ts'

const sent: Outcome = { kind: 'sent', rejected: 0 }
const refused: Outcome = { kind: 'refused', reason: 'rejected', words: 'never' }
const unreachable: Outcome = { kind: 'failed', reason: 'unreachable', words: 'nobody' }
const unavailable: Outcome = { kind: 'failed', reason: 'unavailable', words: 'later' }

interface Lab {
  readonly delivery: Delivery<number>
  /** The items of each request, in the order in which they were made. */
  readonly requests: number[][]
  /** Answers the oldest request that waits for it. */
  answer(outcome: Outcome): Promise<void>
  readonly most: { atOnce: number }
}

interface LabOptions {
  /** Answers by itself; where it gives nothing, `answer` has to. */
  readonly script?: (request: readonly number[]) => Outcome | undefined
  readonly lingerMs?: number
  readonly maxQueueSize?: number
}

function lab({ script = () => sent, lingerMs = 0, maxQueueSize = 100 }: LabOptions = {}): Lab {
  const requests: number[][] = []
  const open: ((outcome: Outcome) => void)[] = []
  const most = { atOnce: 0 }
  let atOnce = 0
  const delivery = createDelivery<number, number[]>({
    signal: 'traces',
    exporterType: 'test',
    url: undefined,
    capacity: maxQueueSize,
    queue: createBatchQueue<number>({ maxQueueSize, maxExportBatchSize: 10 }),
    sender: {
      async send(items) {
        requests.push(items)
        most.atOnce = Math.max(most.atOnce, ++atOnce)
        const outcome = script(items) ?? (await new Promise<Outcome>(resolve => open.push(resolve)))
        atOnce--
        return outcome
      },
      prepare: () => sent,
      abandon() {},
    },
    lingerMs,
    timeoutMs: 5000,
    onSettled() {},
  })
  return {
    delivery,
    requests,
    most,
    async answer(outcome) {
      await expect.poll(() => open.length).toBeGreaterThan(0)
      open.shift()!(outcome)
      await new Promise(resolve => setImmediate(resolve))
    },
  }
}

function push(delivery: Delivery<number>, count: number): void {
  for (let index = 0; index < count; index++) delivery.push(index)
}

function sums({ books }: Delivery<number>): object {
  const { ended, sent, dropped, queued } = books
  expect(sent + dropped + queued).toBe(ended)
  return { ended, sent, dropped: { ...books.droppedByReason }, queued }
}

test('one request at a time, also after a failure and with a flush beside it', async () => {
  const outcomes = [unavailable, sent, unavailable, sent, sent, sent, sent]
  const { delivery, most, requests } = lab({ script: () => outcomes.shift() ?? sent })
  push(delivery, 45)
  await Promise.all([delivery.flush(), delivery.flush()])
  push(delivery, 15)
  await delivery.flush()
  expect(most.atOnce).toBe(1)
  expect(sums(delivery)).toEqual({ ended: 60, sent: 60, dropped: {}, queued: 0 })
  expect(requests.slice(0, 3).map(request => request[0])).toEqual([0, 0, 10])
})

test('the app never waits: a whole batch goes out after the call that filled it', async () => {
  const { delivery, requests } = lab({ lingerMs: 60_000 })
  push(delivery, 10)
  expect(requests).toEqual([])
  await expect.poll(() => requests.length).toBe(1)
})

test('what fails for now stays, and goes out by itself when the collector is back', async () => {
  let isAway = true
  const { delivery } = lab({ script: () => (isAway ? unreachable : sent) })
  push(delivery, 25)
  await expect.poll(() => delivery.books.state).toBe('failing')
  expect(sums(delivery)).toEqual({ ended: 25, sent: 0, dropped: {}, queued: 25 })
  isAway = false
  await expect.poll(() => delivery.books.sent, { timeout: 10_000 }).toBe(25)
  expect(delivery.books.state).toBe('ok')
})

test('what is refused is gone, and the next goes on', async () => {
  const { delivery } = lab({ script: ([first]) => (first === 10 ? refused : sent) })
  push(delivery, 25)
  await delivery.flush()
  expect(sums(delivery)).toEqual({ ended: 25, sent: 15, dropped: { rejected: 10 }, queued: 0 })
})

test('a part that the collector rejects is counted, and no more than there was', async () => {
  const outcomes: Outcome[] = [
    { kind: 'sent', rejected: 3, words: 'too old' },
    { kind: 'sent', rejected: 1000 },
  ]
  const { delivery } = lab({ script: () => outcomes.shift() ?? sent })
  push(delivery, 25)
  await delivery.flush()
  expect(sums(delivery)).toEqual({ ended: 25, sent: 12, dropped: { rejected: 13 }, queued: 0 })
  expect(delivery.books.lastError).toBe('too old')
})

test('while the collector is away memory is bounded by the queue', async () => {
  const { delivery } = lab({ script: () => unreachable, maxQueueSize: 20 })
  push(delivery, 1000)
  await expect.poll(() => delivery.books.state).toBe('failing')
  push(delivery, 1000)
  expect(sums(delivery)).toEqual({ ended: 2000, sent: 0, dropped: { queue_full: 1980 }, queued: 20 })
})

test('a flush waits for what is under way', async () => {
  const { delivery, answer, requests } = lab({ script: () => undefined })
  push(delivery, 1)
  await expect.poll(() => requests.length).toBe(1)
  let isFlushed = false
  const flushed = delivery.flush().then(() => (isFlushed = true))
  await new Promise(resolve => setImmediate(resolve))
  expect(isFlushed).toBe(false)
  await answer(sent)
  await flushed
  expect(sums(delivery)).toEqual({ ended: 1, sent: 1, dropped: {}, queued: 0 })
})

test('a flush knocks at once although there is a pause, and does not insist where nobody answers', async () => {
  const { delivery, requests } = lab({ script: () => unreachable })
  push(delivery, 1)
  await expect.poll(() => delivery.books.state).toBe('failing')
  const before = requests.length
  await delivery.flush()
  expect(requests.length).toBe(before + 1)
  expect(sums(delivery)).toEqual({ ended: 1, sent: 0, dropped: {}, queued: 1 })
})

test('a flush insists, within its time, where the collector only asks for a moment', async () => {
  const outcomes = [unavailable, unavailable]
  const { delivery } = lab({ script: () => outcomes.shift() ?? sent, lingerMs: 60_000 })
  push(delivery, 1)
  await delivery.flush()
  expect(delivery.books.sent).toBe(1)
  const busy = lab({ script: () => unavailable, lingerMs: 60_000 })
  push(busy.delivery, 1)
  await busy.delivery.flush(250)
  expect(sums(busy.delivery)).toEqual({ ended: 1, sent: 0, dropped: {}, queued: 1 })
})

test('a flush takes no longer than what it found, while the app goes on recording', async () => {
  const { delivery } = lab({
    script() {
      push(delivery, 10)
      return sent
    },
  })
  push(delivery, 25)
  await delivery.flush(60_000)
  expect(delivery.books.sent).toBeGreaterThanOrEqual(25)
  delivery.close()
})

test('what a full queue refuses does not make a flush end before its time', async () => {
  const { delivery, answer, requests } = lab({ script: () => undefined, maxQueueSize: 20, lingerMs: 60_000 })
  push(delivery, 20)
  let isFlushed = false
  const flushed = delivery.flush().then(() => (isFlushed = true))
  await expect.poll(() => requests.length).toBe(1)
  push(delivery, 100)
  await answer(sent)
  expect(isFlushed).toBe(false)
  await answer(sent)
  await flushed
  expect(delivery.books.sent).toBe(20)
  delivery.close()
})

test('a flush leaves a collector alone that asked for more than its time, and waits for one that asked for less', async () => {
  const patient = lab({ script: () => ({ ...unavailable, retryAfterMs: 60_000 }), lingerMs: 60_000 })
  push(patient.delivery, 1)
  await patient.delivery.flush(300)
  expect(patient.delivery.books.state).toBe('paused')
  await patient.delivery.flush(300)
  expect(patient.requests).toHaveLength(1)

  const outcomes: Outcome[] = [{ ...unavailable, retryAfterMs: 150 }]
  const { delivery, requests } = lab({ script: () => outcomes.shift() ?? sent, lingerMs: 60_000 })
  push(delivery, 1)
  await delivery.flush(5000)
  expect([requests.length, delivery.books.sent]).toEqual([2, 1])
})

test('the end gives up what is left, for the reason why it is still there, and takes nothing more', async () => {
  const away = lab({ script: () => unreachable })
  push(away.delivery, 5)
  await away.delivery.flush()
  away.delivery.close()
  push(away.delivery, 5)
  expect(sums(away.delivery)).toEqual({ ended: 5, sent: 0, dropped: { unreachable: 5 }, queued: 0 })

  const slow = lab({ script: () => undefined })
  push(slow.delivery, 15)
  await expect.poll(() => slow.requests.length).toBe(1)
  slow.delivery.close()
  expect(sums(slow.delivery)).toEqual({ ended: 15, sent: 0, dropped: { exit_deadline: 15 }, queued: 0 })
  await slow.answer(sent) // too late: it was given up
  expect(sums(slow.delivery)).toEqual({ ended: 15, sent: 0, dropped: { exit_deadline: 15 }, queued: 0 })
})

test('the last words are what waits and what is under way, each counted once', async () => {
  const { delivery, answer, requests } = lab({ script: () => undefined })
  push(delivery, 15)
  await expect.poll(() => requests.length).toBe(1)
  const words = delivery.takeLastWords()
  expect(words).toHaveLength(2)
  words[0]!.settle(sent)
  words[1]!.settle(undefined)
  await answer(sent)
  expect(sums(delivery)).toEqual({ ended: 15, sent: 10, dropped: { exit_deadline: 5 }, queued: 0 })
})

test('the context of the request that happens to be handled does not reach our connection', async () => {
  const storage = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const { delivery } = lab({
    script() {
      seen.push(storage.getStore())
      return sent
    },
  })
  storage.run('a request of the app', () => push(delivery, 10))
  await expect.poll(() => delivery.books.sent).toBe(10)
  await storage.run('another', async () => {
    push(delivery, 1)
    await delivery.flush()
  })
  expect(seen).toEqual([undefined, undefined])
})

test('flushes of many share their knocks at a collector that is busy', async () => {
  const { delivery, requests } = lab({ script: () => unavailable, lingerMs: 60_000 })
  push(delivery, 1)
  await Promise.all(Array.from({ length: 50 }, () => delivery.flush(500)))
  expect(requests.length).toBeLessThan(5)
})

test('a sender that throws costs its batch and nothing else', async () => {
  const { delivery } = lab({
    script([first]) {
      if (first === 0) throw new Error('cannot write this')
      return sent
    },
  })
  push(delivery, 15)
  await delivery.flush()
  expect(sums(delivery)).toEqual({ ended: 15, sent: 5, dropped: { export_failed: 10 }, queued: 0 })
  expect(delivery.books.lastError).toBe('cannot write this')
})
