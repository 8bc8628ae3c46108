import { type Span, SpanStatusCode } from '@opentelemetry/api'
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'

/** What is not an `Error` may be thrown as well. */
export function errorTypeOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

export function recordError(span: Span, error: unknown): void {
  const thrown = error instanceof Error ? error : textOf(error)
  span.setAttribute(ATTR_ERROR_TYPE, errorTypeOf(error))
  span.setStatus({ code: SpanStatusCode.ERROR, message: typeof thrown === 'string' ? thrown : thrown.message })
  span.recordException(thrown)
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return typeof thrown // an object without a prototype, and others that cannot be text
  }
}

/** `error.type` of an answer that counts as a failure from `lowest` on, which the server and its client see differently. */
export function errorTypeOfStatus(status: number | undefined, lowest: 400 | 500): string | undefined {
  return status !== undefined && status >= lowest ? String(status) : undefined
}

/** An answer that counts as a failure, and tells no more than its status. */
export function markFailed(span: Span, errorType: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, errorType)
  span.setStatus({ code: SpanStatusCode.ERROR })
}
