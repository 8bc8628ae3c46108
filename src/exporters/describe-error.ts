import { describeThrown } from '../diagnostics/describe-thrown.ts'

/** What went wrong, also where Node says it only between the lines. */
export function describeError(error: unknown): string {
  // A refused connection to a name with several addresses has no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors[0])
  if (!(error instanceof Error)) return describeThrown(error)
  if (error.cause instanceof Error) return describeError(error.cause) // HTTP/2: "The pending stream has been canceled"
  const { code } = error as { code?: unknown }
  return error.message || (typeof code === 'string' ? code : error.name)
}
