import type { Batch, Loss, Queue } from './queue.ts'

/**
 * For metrics, whose every collection says all that the one before it said: only the newest waits. One that is replaced
 * unsent counts as superseded, which is no loss once a later one is accepted.
 */
export function createLatestQueue<Items>(countOf: (items: Items) => number): Queue<Items, Items> {
  let waiting: Batch<Items> | undefined
  let underWay: Batch<Items> | undefined
  return {
    get waiting() {
      return waiting?.count ?? 0
    },
    get inFlight() {
      return underWay?.count ?? 0
    },
    get isDue() {
      return waiting !== undefined
    },
    countOf,
    push(items) {
      const loss = superseded(waiting)
      waiting = { items, count: countOf(items) }
      return loss
    },
    take() {
      if (waiting === undefined) return undefined
      underWay = waiting
      waiting = undefined
      return underWay
    },
    done() {
      underWay = undefined
    },
    putBack() {
      const loss = waiting === undefined ? undefined : superseded(underWay)
      waiting ??= underWay
      underWay = undefined
      return loss
    },
    empty() {
      const loss = waiting === undefined ? undefined : superseded(underWay)
      const newest = waiting ?? underWay
      waiting = undefined
      underWay = undefined
      return { batches: newest === undefined ? [] : [newest], losses: loss === undefined ? [] : [loss] }
    },
  }
}

function superseded(batch: Batch<unknown> | undefined): Loss | undefined {
  return batch === undefined ? undefined : { reason: 'superseded', count: batch.count }
}
