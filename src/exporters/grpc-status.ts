import type { Failed, Refused } from './outcome.ts'

/** Codes after which the OTLP specification allows to send the same again, the last only if the server names a pause. */
const retryable = new Set([1, 4, 10, 11, 14, 15])
const resourceExhausted = 8
/** UNAUTHENTICATED and PERMISSION_DENIED. */
const credentials = new Set([16, 7])

/** What a gRPC status other than OK means for the request. https://opentelemetry.io/docs/specs/otlp/#failures */
export function judgeGrpcStatus(code: number, words: string, retryAfterMs: number | undefined): Refused | Failed {
  const isPassing = retryable.has(code) || (code === resourceExhausted && retryAfterMs !== undefined)
  return isPassing
    ? { kind: 'failed', reason: 'unavailable', words, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    : { kind: 'refused', reason: 'rejected', words, ...(credentials.has(code) && { credentials: true }) }
}
