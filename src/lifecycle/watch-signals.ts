import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Around } from './keep-wrapped.ts'
import { createSignalHandles } from './signal-handle.ts'

const watched = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
type Watched = (typeof watched)[number]

export interface SignalParts {
  /** The process is about to end by a signal. */
  leave(): void
  /** It did not end: the system let it live. */
  stay(): void
  flush(): Promise<void>
  /** What has to be waited for before the end: the app goes on meanwhile. */
  readonly foreign?: (() => Promise<void>) | undefined
}

export interface SignalWatch {
  arm(): void
  /** From here on a signal does what it does without us: where nobody listens, it ends the process at once. */
  disarm(): void
  readonly aroundRemoveListener: Around
  readonly aroundKill: Around
}

/** Signals that nobody handles end the process as they would without us, after it has told what it has to tell. */
export function watchSignals({ leave, stay, flush, foreign }: SignalParts): SignalWatch {
  // On Windows such a signal ends a process without asking it.
  const handles = process.platform === 'win32' ? undefined : createSignalHandles(deliver)
  /** The first process of a container cannot be killed by a signal that it does not handle. */
  let isImmortal = process.pid === 1
  const { kill } = process // the app's tests may put another in its place
  let isArmed = false
  let isEnding = false

  /** Who listens is asked before any listener has run: one that is for once is gone when it runs. */
  function deliver(signal: NodeJS.Signals, ...args: unknown[]): void {
    if (isListenedTo(signal)) {
      try {
        emit(signal, ...args)
      } finally {
        void flush()
      }
    } else if (isImmortal) void flush()
    else if (!isEnding) {
      isEnding = true // asked twice, as by a terminal and by npm, it ends once
      if (foreign) void foreign().then(() => end(() => kill(process.pid, signal)))
      else end(() => kill(process.pid, signal))
    }
  }

  function end(act: () => unknown): unknown {
    leave()
    resetTerminal()
    disarm()
    const result = act()
    isEnding = false
    isImmortal = true
    stay()
    return result
  }

  function arm(): void {
    isArmed = handles !== undefined
    watched.forEach(signal => handles?.arm(signal))
  }

  function disarm(): void {
    isArmed = false
    watched.forEach(signal => handles?.disarm(signal))
  }

  return {
    arm,
    disarm,
    /** With the app's last listener Node lets go of the signal. */
    aroundRemoveListener(go, [, event]) {
      const result = go()
      if (isArmed && isWatched(event) && !isListenedTo(event)) handles?.arm(event)
      return result
    },
    /** A process that kills itself does not come back from the call. */
    aroundKill(go, [pid, number]) {
      const signal = watched.find(signal => constants.signals[signal] === number)
      const isUs = [process.pid, 0, -process.pid].includes(Number(pid)) // the last two: the whole group
      const isFatal = isArmed && !isImmortal && isUs && signal !== undefined && !isListenedTo(signal)
      return isFatal ? end(go) : go()
    },
  }
}

const emit = (signal: NodeJS.Signals, ...args: unknown[]): unknown =>
  (process.emit as (...args: unknown[]) => unknown)(signal, ...args)

function isWatched(event: unknown): event is Watched {
  return watched.includes(event as Watched)
}

function isListenedTo(signal: NodeJS.Signals): boolean {
  return process.listenerCount(signal) > 0
}

/** Node leaves the terminal as it found it when it is killed; it does not where a signal was listened to. */
function resetTerminal(): void {
  try {
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false)
  } catch {
    // an input that cannot be had was not changed
  }
}
