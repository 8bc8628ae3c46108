import type { DropReason } from '../handle.ts'

/** What one request carries. */
export interface Batch<Items> {
  readonly items: Items
  /** Records in it. */
  readonly count: number
}

export interface Loss {
  readonly reason: DropReason
  readonly count: number
}

/** Holds the records of one exporter until their fate is known. At most one batch of it is under way. */
export interface Queue<Entry, Items> {
  /** Records that wait. */
  readonly waiting: number
  /** Records that are under way. */
  readonly inFlight: number
  /** Whether a whole request's worth waits. */
  readonly isDue: boolean
  /** How many records an entry stands for. */
  countOf(entry: Entry): number
  /** Takes an entry in, and tells what had to go for it: itself where the queue is full. */
  push(entry: Entry): Loss | undefined
  /** The oldest that wait are under way from here on. */
  take(): Batch<Items> | undefined
  /** What was under way is done with, one way or the other. */
  done(): void
  /** What was under way waits again, before all others. */
  putBack(): Loss | undefined
  /** Takes out everything, the batch under way first. */
  empty(): { readonly batches: readonly Batch<Items>[]; readonly losses: readonly Loss[] }
}
