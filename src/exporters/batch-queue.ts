import type { BatchConfig } from '../config/config.ts'
import type { Batch, Queue } from './queue.ts'

/** For spans and log records. When it is full the newest are dropped; a batch under way does not count against its size. */
export function createBatchQueue<Entry>(
  options: Pick<BatchConfig, 'maxQueueSize' | 'maxExportBatchSize'>,
): Queue<Entry, Entry[]> {
  const { maxQueueSize, maxExportBatchSize } = options
  let waiting: Entry[] = []
  let underWay: Entry[] = []
  return {
    get waiting() {
      return waiting.length
    },
    get inFlight() {
      return underWay.length
    },
    get isDue() {
      return waiting.length >= maxExportBatchSize
    },
    countOf: () => 1,
    push(entry) {
      if (waiting.length >= maxQueueSize) return { reason: 'queue_full', count: 1 }
      waiting.push(entry)
      return undefined
    },
    take() {
      if (waiting.length === 0) return undefined
      underWay = waiting.splice(0, maxExportBatchSize)
      return toBatch(underWay)
    },
    done() {
      underWay = []
    },
    putBack() {
      waiting = [...underWay, ...waiting]
      underWay = []
      return undefined
    },
    empty() {
      const all = [...underWay, ...waiting]
      waiting = []
      underWay = []
      const batches: Batch<Entry[]>[] = []
      for (let at = 0; at < all.length; at += maxExportBatchSize) {
        batches.push(toBatch(all.slice(at, at + maxExportBatchSize)))
      }
      return { batches, losses: [] }
    },
  }
}

function toBatch<Entry>(items: Entry[]): Batch<Entry[]> {
  return { items, count: items.length }
}
