import type { Answer, Target } from './transport.ts'
import type { Outcome } from './outcome.ts'

/** Knows how one exporter speaks. It may throw: safe-sender.ts contains that. */
export interface Sender<Items> {
  send(items: Items, timeoutMs: number): Promise<Outcome>
  /** For the last words, when no promise settles any more: what another thread can post, or what came of it already. */
  prepare(items: Items): Parcel | Outcome
  /** Gives up what is under way and closes the connections. */
  abandon(): void
}

/** A request in bytes, and how to read what is answered. */
export interface Parcel {
  readonly kind: 'parcel'
  readonly target: Target
  readonly body: Uint8Array
  read(answer: Answer): Outcome
}
