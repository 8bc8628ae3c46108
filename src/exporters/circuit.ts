const firstPauseMs = 200
const longestPauseMs = 5000
const shortestPauseMs = 100
const longestHurryMs = 1000
/** A wish of the collector beyond this is a mistake of its clock. */
const longestWishMs = 3_600_000
/** So many failures in a row, and we stop knocking with every batch. */
const failuresUntilPaused = 3

/** `paused`: after repeated failures, or because the collector asked for it, only a probe is sent now and then. */
export type CircuitState = 'ok' | 'failing' | 'paused'

/** Knows how the last requests went, and how long to leave the collector alone. */
export interface Circuit {
  readonly state: CircuitState
  /** How long somebody waits after a failure who is in a hurry. */
  readonly shortPauseMs: number
  succeeded(): void
  /** How long to wait before the next request. `isFinal`: that one may well succeed. `tookMs`: how long this one took. */
  failed(failure: {
    readonly retryAfterMs?: number | undefined
    readonly isFinal: boolean
    readonly tookMs: number
  }): number
}

export function createCircuit(random: () => number = Math.random): Circuit {
  let failures = 0
  let wished = false
  return {
    get state() {
      if (failures === 0) return 'ok'
      return wished || failures >= failuresUntilPaused ? 'paused' : 'failing'
    },
    get shortPauseMs() {
      return failures === 0 ? 0 : Math.min(longestHurryMs, shortestPauseMs * 2 ** (failures - 1))
    },
    succeeded() {
      failures = 0
      wished = false
    },
    failed({ retryAfterMs, isFinal, tookMs }) {
      failures++
      const wishMs = Math.min(retryAfterMs ?? 0, longestWishMs)
      if (isFinal && failures < failuresUntilPaused) return 0
      // Not the same for all processes that lost the collector at the same moment. What a request waited for nothing
      // was a part of the pause.
      const ownMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.8 + 0.2 * random()) - tookMs
      wished = wishMs > ownMs
      return Math.max(shortestPauseMs, ownMs, wishMs)
    },
  }
}
