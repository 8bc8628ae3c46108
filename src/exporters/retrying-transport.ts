import { setTimeout as sleep } from 'node:timers/promises'
import type { Transport } from './transport.ts'

const firstPauseMs = 1000
const longestPauseMs = 5000

/** Sends again what failed for a passing reason, as long as the time for all attempts together allows. */
export function createRetryingTransport(transport: Transport): Transport {
  let giveUp = new AbortController()
  return {
    async send(data, timeoutMs) {
      const { signal } = giveUp
      const deadline = performance.now() + timeoutMs
      for (let attempt = 0; ; attempt++) {
        const response = await transport.send(data, deadline - performance.now())
        if (response.status !== 'retryable') return response
        if (signal.aborted) return { status: 'failure', error: new Error('given up, because the process ends') }
        const pause = response.retryInMillis ?? pauseAfter(attempt)
        if (pause >= deadline - performance.now()) return response
        try {
          await sleep(pause, undefined, { ref: false, signal })
        } catch {
          return response
        }
      }
    },
    shutdown() {
      giveUp.abort()
      giveUp = new AbortController()
      transport.shutdown()
    },
  }
}

/** Longer each time, and not the same for all processes that lost the collector at the same moment. */
function pauseAfter(attempt: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 1.5 ** attempt) * (0.8 + 0.4 * Math.random())
}
