/**
 * Resolves when all of these have settled, and after `timeoutMs` at the latest. Never rejects.
 * The timer holds the process until then, on purpose: the sockets that carry what is left do not.
 */
export function settleWithin(timeoutMs: number, work: readonly (() => Promise<unknown>)[]): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, timeoutMs)
    void Promise.allSettled(work.map(async start => start())).then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
