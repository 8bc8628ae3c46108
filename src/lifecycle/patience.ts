/** How long we may hold the process in all, over everything that it does in order to end. */
export interface Patience {
  /** Begins to hold; returns how long it may. */
  hold(): number
  release(): void
}

const now = performance.now.bind(performance) // the app's tests may stop the clock later

export function createPatience(totalMs: number): Patience {
  let leftMs = totalMs
  let since = 0
  let isHolding = false

  function release(): void {
    if (isHolding) leftMs -= now() - since
    isHolding = false
  }

  return {
    hold() {
      release()
      isHolding = true
      since = now()
      return Math.max(0, leftMs)
    },
    release,
  }
}
