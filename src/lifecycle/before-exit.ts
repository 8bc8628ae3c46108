import type { Around } from './keep-wrapped.ts'

/**
 * Asynchronous work at the natural end, which the app does not notice: it starts after the app's own `beforeExit`
 * listeners, once these leave nothing to do, and the emission that it makes Node repeat is kept from them.
 */
export function createBeforeExit(work: () => Promise<void>): Around {
  let isRepeated = false
  return go => {
    if (isRepeated) return (isRepeated = false)
    const before = countResources()
    const result = go()
    if (!hasGrown(before, countResources())) {
      isRepeated = true
      void work()
    }
    return result
  }
}

/** An output is opened when it is first written to, and holds nothing. */
const outputs: ReadonlySet<string> = new Set(['PipeWrap', 'TTYWrap', 'TCPSocketWrap'])

type Counts = ReadonlyMap<string, number>

function countResources(): Counts {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (!outputs.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

function hasGrown(before: Counts, after: Counts): boolean {
  return [...after].some(([kind, count]) => count > (before.get(kind) ?? 0))
}
