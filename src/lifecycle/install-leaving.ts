import { createBeforeExit } from './before-exit.ts'
import { settleWithin } from './deadline.ts'
import { type Around, keepWrapped } from './keep-wrapped.ts'
import { createPatience } from './patience.ts'
import { watchSignals } from './watch-signals.ts'

export interface LeavingParts {
  /** Delivers what is left before it returns, `timeoutMs` at the longest. Never throws. */
  lastWords(timeoutMs: number): void
  /** The same beside the app, which goes on. Never rejects, and does not hold the process. */
  flush(): Promise<void>
  /** What can only be delivered asynchronously, because it is not ours. */
  readonly foreign?: (() => Promise<void>) | undefined
  readonly exitTimeoutMs: number
}

export interface Leaving {
  /** Flushes where the end is near, and takes its time from what the end may take in all. Never rejects. */
  flush(): Promise<void>
  undo(): void
}

/**
 * Says the last words when the process or thread ends, however it does, and changes nothing else about its end: no
 * listener is added, those of the app run as often as they would, and come first.
 */
export function installLeaving({ lastWords, flush, foreign, exitTimeoutMs }: LeavingParts): Leaving {
  const patience = createPatience(exitTimeoutMs)
  let isSaid = false

  function leave(): void {
    if (isSaid) return
    isSaid = true
    lastWords(patience.hold())
    patience.release()
  }

  function stay(): void {
    isSaid = false
    signals.arm()
  }

  const patiently = (work: () => Promise<void>) => () => settleWithin(patience.hold(), [work]).then(patience.release)
  // Where no thread may be started, nothing of ours can be delivered without promises either.
  const promised = foreign ?? (mayHaveThreads() ? undefined : flush)
  const flushForeign = promised && patiently(promised)
  const signals = watchSignals({ leave, stay, flush, foreign: flushForeign })
  const aroundExit: Around = go => {
    try {
      return go()
    } finally {
      if (isExiting()) leave()
    }
  }
  const arounds = new Map<unknown, Around>([
    ['exit', aroundExit],
    ['removeListener', signals.aroundRemoveListener],
  ])
  if (flushForeign) arounds.set('beforeExit', createBeforeExit(flushForeign))
  const undo = [
    keepWrapped('emit', (go, args) => {
      const around = arounds.get(args[0])
      return around === undefined ? go() : around(go, args)
    }),
    // Also where a listener of `exit` calls process.exit(): it does not return to the others.
    keepWrapped('reallyExit', go => (leave(), go())),
    keepWrapped('_kill', signals.aroundKill),
    // Where the app's handler of uncaught exceptions throws, Node ends the process there and then, without `exit`.
    keepWrapped('_fatalException', go => {
      let isOver = true
      try {
        const result = go()
        isOver = false
        return result
      } finally {
        if (isOver) leave() // and not in a catch: what is thrown again is shown with our code around it
      }
    }),
  ]
  signals.arm()

  return {
    flush: patiently(flush),
    undo() {
      undo.forEach(act => act())
      signals.disarm()
    },
  }
}

/** Anybody may emit `exit`. */
function isExiting(): boolean {
  return (process as { readonly _exiting?: boolean })._exiting !== false
}

function mayHaveThreads(): boolean {
  const { permission }: { readonly permission?: { has(scope: string): boolean } } = process
  return permission === undefined || permission.has('worker')
}
