import { createHook } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import type { Around } from './keep-wrapped.ts'

/**
 * Asynchronous work at the natural end, which the app does not notice. Node repeats `beforeExit` after whatever was done
 * in it: the app's listeners run first, the work starts only when they have left nothing to do, and the repetitions that
 * are ours alone are kept from them.
 */
export function createBeforeExit(work: () => Promise<void>): Around {
  let hasAppWorked: (() => boolean) | undefined
  let isOurs = false

  return go => {
    if (isOurs) return (isOurs = false)
    if (hasAppWorked?.() !== false) {
      hasAppWorked = watchLoop()
      return go()
    }
    hasAppWorked = undefined
    isOurs = true
    void work()
    return false
  }
}

/** Has the loop turn once. It was not only for us if it turned more often, or if others had something for that turn. */
function watchLoop(): () => boolean {
  setImmediate(() => {})
  const turns = countTurns()
  const before = countResources()
  let isBusy = false
  // Files and ciphers may be done within that turn, and Node does not list all of them.
  const hook = createHook({ init: (_id, type) => (isBusy ||= /REQ|ZLIB|QUERY/.test(type)) }).enable()
  void drainTicks().then(() => {
    hook.disable()
    isBusy ||= [...countResources()].some(([kind, count]) => count > (before.get(kind) ?? 0))
  })
  return () => isBusy || countTurns() > turns + 1
}

/** Listeners may be asynchronous functions, which begin their work a few promises later. */
async function drainTicks(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise<void>(resolve => process.nextTick(resolve))
}

const countTurns = (): number => performance.nodeTiming.uvMetricsInfo.loopCount

/** An output is opened when it is first written to, and holds nothing. */
const outputs: ReadonlySet<string> = new Set(['PipeWrap', 'TTYWrap', 'TCPSocketWrap'])

function countResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (!outputs.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}
