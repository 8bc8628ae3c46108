/** The same request can never succeed. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: 'rejected' | 'export_failed'
  readonly words: string
  /** It was who asks that was refused (HTTP 401 and 403, gRPC UNAUTHENTICATED and PERMISSION_DENIED). */
  readonly credentials?: true
}

/** The same request may go well later. */
export interface Failed {
  readonly kind: 'failed'
  /** `unavailable`: the collector itself said so; `unreachable`: it could not be asked. */
  readonly reason: 'timeout' | 'unreachable' | 'unavailable'
  readonly words: string
  /** What the collector asked for. */
  readonly retryAfterMs?: number
}

/** What became of one request, and of the records in it. */
export type Outcome = Sent | Refused | Failed

export interface Sent {
  readonly kind: 'sent'
  /** Records that the collector did not take although it took the request. */
  readonly rejected: number
  /** Records that could not be written, and were left out. */
  readonly unwritten?: number
  /** What was said about either. */
  readonly words?: string
}
