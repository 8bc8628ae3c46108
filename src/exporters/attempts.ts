import { describeError } from './describe-error.ts'
import type { Failed } from './outcome.ts'
import type { Answer } from './transport.ts'
import type { Wording } from './wording.ts'

/** An answer of a collector has a few bytes; more is a mistake in the address. */
export const maxAnswerBytes: number = 4 * 1024 * 1024
/** Node takes a longer timer for one of 1 ms. */
const longestTimerMs = 2 ** 31 - 1

/** All that is under way over one transport. */
export interface Attempts {
  /**
   * Runs `attempt` under a deadline. Its signal fires then, or when all is abandoned, with the answer as its reason:
   * the attempt has to settle at once. What it throws cannot be sent at all.
   */
  run(timeoutMs: number, attempt: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>
  abandon(): void
}

export function createAttempts(wording: Wording): Attempts {
  const underWay = new Set<AbortController>()
  return {
    async run(timeoutMs, attempt) {
      const controller = new AbortController()
      const deadline = setTimeout(
        () => controller.abort(late(`no answer within ${Math.round(timeoutMs)} ms`)),
        Math.min(timeoutMs, longestTimerMs),
      )
      deadline.unref()
      underWay.add(controller)
      try {
        return await attempt(controller.signal)
      } catch (error) {
        return { kind: 'refused', reason: 'export_failed', words: wording('', describeError(error)) }
      } finally {
        clearTimeout(deadline)
        underWay.delete(controller)
      }
    },
    abandon() {
      for (const controller of underWay) controller.abort(late('given up before an answer came'))
    },
  }
}

function late(words: string): Failed {
  return { kind: 'failed', reason: 'timeout', words }
}
