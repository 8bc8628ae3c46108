import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Books, type BooksParts } from './books.ts'
import { createCircuit } from './circuit.ts'
import type { Failed, Outcome } from './outcome.ts'
import type { Batch, Queue } from './queue.ts'
import { createSafeSender } from './safe-sender.ts'
import type { LastWord } from './say-last-words.ts'
import type { Sender } from './sender.ts'

export interface DeliveryParts<Entry, Items> extends Omit<BooksParts, 'queue' | 'circuit'> {
  readonly queue: Queue<Entry, Items>
  readonly sender: Sender<Items>
  /** How long records wait for others to go with them. */
  readonly lingerMs: number
  /** For one request, in all. */
  readonly timeoutMs: number
  /** Told after each request. */
  readonly onSettled: (books: Books, outcome: Outcome) => void
}

/** Brings records to their exporter, one request at a time, and keeps the books. It never throws and never rejects. */
export interface Delivery<Entry> {
  readonly books: Books
  push(entry: Entry): void
  /**
   * Sends now. Resolves once all that was handed over before is settled, or the collector cannot be had. The deadline
   * (default: that of one request) ends further attempts; it does not cut short a request that is under way.
   */
  flush(timeoutMs?: number): Promise<void>
  /** Takes out all that is not known to have arrived: for an end that no promise survives. */
  takeLastWords(): readonly LastWord[]
  /** Ends for good: what is left is given up. */
  close(): void
}

export function createDelivery<Entry, Items>(parts: DeliveryParts<Entry, Items>): Delivery<Entry> {
  const { queue, lingerMs, timeoutMs, onSettled } = parts
  const sender = createSafeSender(parts.sender)
  /** A timer would keep the context of the request that happens to be handled, and hand it on to the next. */
  const outside = AsyncLocalStorage.snapshot()
  const circuit = createCircuit()
  const books = new Books({ ...parts, circuit })
  let closed = false
  let running: Promise<boolean> | undefined
  const waiters = new Set<{ readonly goal: number; resolve(value: boolean): void }>()
  /** Changes when what is under way is taken out of our hands: its outcome is nobody's then. */
  let generation = 0
  let lastFailure: Failed | undefined
  /** Before this not even a flush knocks. */
  let inHurryAt = 0
  let timer: NodeJS.Timeout | undefined
  let awaited: 'linger' | 'soon' | 'pause' | undefined

  function push(entry: Entry): void {
    if (closed) return
    books.ended += queue.countOf(entry)
    books.drop(queue.push(entry))
    schedule()
  }

  function schedule(): void {
    if (closed || running !== undefined || awaited === 'soon' || awaited === 'pause' || queue.waiting === 0) return
    if (queue.isDue) wait('soon', 0) // not now: this is the app's `span.end()`
    else if (awaited === undefined) wait('linger', lingerMs)
  }

  function wait(what: NonNullable<typeof awaited>, ms: number): void {
    stopWaiting()
    awaited = what
    timer = outside(setTimeout, begin, ms).unref()
  }

  function begin(): void {
    stopWaiting()
    void run()
  }

  function stopWaiting(): void {
    clearTimeout(timer)
    awaited = undefined
  }

  /** Sends what waits now, and whole batches beyond it. False where that has to be tried again. */
  function run(): Promise<boolean> {
    stopWaiting()
    running ??= sendWaiting()
      .catch(() => true) // a listener of ours that throws is a defect, and must not end the app
      .finally(() => {
        running = undefined
        schedule()
      })
    return running
  }

  async function sendWaiting(): Promise<boolean> {
    const goal = entered()
    while (entered() - queue.waiting < goal || queue.isDue) {
      const batch = queue.take()
      if (batch === undefined) break
      const mine = generation
      const begin = performance.now()
      const outcome = await sender.send(batch.items, timeoutMs)
      if (mine !== generation) return true
      const tookMs = performance.now() - begin
      const pauseMs = enter(batch, outcome, tookMs)
      books.onAttempt?.({ seconds: tookMs / 1000, outcome })
      onSettled(books, outcome)
      for (const waiter of waiters) if (isPast(waiter.goal)) waiter.resolve(true)
      if (pauseMs > 0) {
        wait('pause', pauseMs)
        return outcome.kind !== 'failed'
      }
    }
    return true
  }

  /** How long to leave the collector alone now. */
  function enter({ count }: Batch<Items>, outcome: Outcome, tookMs: number): number {
    lastFailure = outcome.kind === 'failed' ? outcome : undefined
    if (outcome.kind === 'failed') {
      books.note(outcome)
      books.drop(queue.putBack())
      const pauseMs = circuit.failed({ retryAfterMs: outcome.retryAfterMs, isFinal: false, tookMs })
      inHurryAt = performance.now() + Math.max(circuit.shortPauseMs, outcome.retryAfterMs ?? 0)
      return pauseMs
    }
    queue.done()
    books.settle(count, outcome)
    if (outcome.kind === 'refused') return circuit.failed({ isFinal: true, tookMs })
    circuit.succeeded()
    return 0
  }

  async function flush(flushTimeoutMs = timeoutMs): Promise<void> {
    const goal = entered()
    const deadline = performance.now() + flushTimeoutMs
    while (!isPast(goal)) {
      const waitMs = inHurryAt - performance.now()
      if (waitMs > 0) {
        if (performance.now() + waitMs >= deadline) return
        await sleep(waitMs, undefined, { ref: false })
        continue // another flush may have knocked meanwhile
      }
      if ((await runUntil(goal)) || closed) continue
      // A collector that is away is not back within an exit timeout; one that answers may be.
      if (lastFailure?.reason !== 'unavailable') return
    }
  }

  /** As `run`, and no longer than it takes to come that far: an app that goes on recording could keep it going for ever. */
  async function runUntil(goal: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiter = { goal, resolve }
    waiters.add(waiter)
    try {
      return await Promise.race([run(), promise])
    } finally {
      waiters.delete(waiter)
    }
  }

  /** Records that found a place in the queue; they leave it in the same order. */
  function entered(): number {
    return books.ended - (books.droppedByReason.queue_full ?? 0)
  }

  function isPast(goal: number): boolean {
    return entered() - books.queued >= goal
  }

  function takeOut(): readonly Batch<Items>[] {
    generation++
    stopWaiting()
    const { batches, losses } = queue.empty()
    for (const loss of losses) books.drop(loss)
    return batches
  }

  return {
    books,
    push,
    flush,
    takeLastWords: () =>
      takeOut().map(({ items, count }) => ({
        prepare: () => sender.prepare(items),
        settle: outcome =>
          outcome === undefined ? books.drop({ reason: 'exit_deadline', count }) : books.settle(count, outcome),
      })),
    close() {
      if (closed) return
      closed = true
      const reason = lastFailure?.reason ?? 'exit_deadline'
      for (const { count } of takeOut()) books.drop({ reason, count })
      sender.abandon()
    },
  }
}
