import type { OtelHandle, OtelHealth, OtelStatus, SignalHealth } from '../handle.ts'
import { settleWithin } from './deadline.ts'

/** What is recorded, all of it. */
interface Recording {
  flush(timeoutMs: number): Promise<void>
  shutdown(timeoutMs: number): Promise<void>
}

export interface HandleParts {
  readonly signals: Recording
  readonly exitTimeoutMs: number
  readonly health: () => Pick<OtelHealth, 'traces' | 'metrics' | 'logs'>
  /** Takes the hooks out of the libraries: nothing more is recorded by itself. */
  readonly stopWatching: () => void
  /** Gives up what has not been sent by then, and lets go of the process. */
  readonly close: () => void
}

const maxTimerMs = 2 ** 31 - 1

/** The handle of telemetry that runs. */
export function createHandle(parts: HandleParts): OtelHandle {
  const { signals, exitTimeoutMs, health, stopWatching, close } = parts
  let status: OtelStatus = 'active'
  let ending: Promise<void> | undefined

  async function end(timeoutMs: unknown): Promise<void> {
    status = 'stopped'
    // The first at once, and whether it throws or not.
    const ms = deadline(timeoutMs)
    await settleWithin(ms, [async () => stopWatching(), () => signals.shutdown(ms)])
    close()
  }

  /** What is no span of time is none; what no timer can hold is its longest. */
  function deadline(timeoutMs: unknown): number {
    return typeof timeoutMs === 'number' && timeoutMs >= 0 ? Math.min(timeoutMs, maxTimerMs) : exitTimeoutMs
  }

  return {
    get status() {
      return status
    },
    start() {},
    flush(timeoutMs) {
      const ms = deadline(timeoutMs)
      return settleWithin(ms, [() => ending ?? signals.flush(ms)])
    },
    shutdown: timeoutMs => (ending ??= end(timeoutMs)),
    health: () => ({ status, ...health() }),
    [Symbol.asyncDispose]() {
      return this.shutdown()
    },
  }
}

/** Of one signal of which nothing is known. */
const nothing: SignalHealth = {
  ended: 0,
  sent: 0,
  dropped: 0,
  droppedByReason: {},
  queued: 0,
  state: 'ok',
  lastError: undefined,
  lastSuccess: undefined,
}

/** Where nobody counts. */
export const noHealth = { traces: nothing, metrics: nothing, logs: nothing }

/** The handle of telemetry that does not run: everything answers, nothing happens. */
export function createInertHandle(status: OtelStatus): OtelHandle {
  return {
    status,
    start() {},
    flush: async () => {},
    shutdown: async () => {},
    health: () => ({ status, ...noHealth }),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** The handle of telemetry that waits: it becomes whatever `start` makes, unless it is shut down before. */
export function createDeferredHandle(start: () => OtelHandle): OtelHandle {
  let current = createInertHandle('deferred')
  const shutdown = (timeoutMs?: number): Promise<void> => {
    if (current.status === 'deferred') current = createInertHandle('stopped')
    return current.shutdown(timeoutMs)
  }
  return {
    get status() {
      return current.status
    },
    start() {
      if (current.status === 'deferred') current = start()
    },
    flush: timeoutMs => current.flush(timeoutMs),
    shutdown,
    health: () => current.health(),
    [Symbol.asyncDispose]: () => shutdown(),
  }
}
