import type { Failed, Refused } from './outcome.ts'

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable = new Set([429, 502, 503, 504])

/** What an HTTP status that is no success means for the request. */
export function judgeHttpStatus(status: number, words: string, retryAfter: string | undefined): Refused | Failed {
  if (!retryable.has(status)) {
    return {
      kind: 'refused',
      reason: 'rejected',
      words,
      ...((status === 401 || status === 403) && { credentials: true }),
    }
  }
  const retryAfterMs = parseRetryAfter(retryAfter)
  return { kind: 'failed', reason: 'unavailable', words, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/** Seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const pause = Number.isNaN(Number(value)) ? Date.parse(value) - Date.now() : Number(value) * 1000
  return Number.isNaN(pause) ? undefined : Math.max(0, pause)
}
