import { diag } from '@opentelemetry/api'

/**
 * Node runs us where it handles requests: what is thrown there ends the process. A hook of the user's that throws is told
 * of, and the request goes on as if there were none.
 */
export function tellThrown(what: string, error: unknown): void {
  diag.error(`http: ${what} threw:`, error)
}

/** A function that never throws, and tells of what it would have thrown. */
export function safely<A extends unknown[], R>(what: string, act: (...args: A) => R): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return act(...args)
    } catch (error) {
      tellThrown(what, error)
      return undefined
    }
  }
}
