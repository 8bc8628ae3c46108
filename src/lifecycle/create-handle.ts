import type { OtelHandle, OtelHealth, OtelStatus, SignalHealth } from '../handle.ts'
import { settleWithin } from './deadline.ts'

interface Flushable {
  flush(): Promise<void>
  shutdown(): Promise<void>
}

export interface HandleParts {
  readonly pipelines: readonly Flushable[]
  readonly exitTimeoutMs: number
  readonly signals: () => Pick<OtelHealth, 'traces' | 'metrics' | 'logs'>
  /** Undoes everything that was installed: hooks, listeners, patches. */
  readonly uninstall: () => void
}

const maxTimerMs = 2 ** 31 - 1

/** The handle of telemetry that runs. */
export function createHandle({ pipelines, exitTimeoutMs, signals, uninstall }: HandleParts): OtelHandle {
  let status: OtelStatus = 'active'
  let ending: Promise<void> | undefined

  function end(timeoutMs: unknown): Promise<void> {
    status = 'stopped'
    return settleWithin(deadline(timeoutMs), [
      async () => uninstall(), // at once, and whether it throws or not
      ...pipelines.map(pipeline => () => pipeline.shutdown()),
    ])
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
    flush: timeoutMs =>
      settleWithin(
        deadline(timeoutMs),
        pipelines.map(pipeline => () => pipeline.flush()),
      ),
    shutdown: timeoutMs => (ending ??= end(timeoutMs)),
    health: () => ({ status, ...signals() }),
    [Symbol.asyncDispose]() {
      return this.shutdown()
    },
  }
}

const nothing: SignalHealth = { sent: 0, failed: 0, lastError: undefined, lastSuccess: undefined }

/** The handle of telemetry that does not run: everything answers, nothing happens. */
export function createInertHandle(status: OtelStatus): OtelHandle {
  return {
    status,
    start() {},
    flush: async () => {},
    shutdown: async () => {},
    health: () => ({ status, traces: nothing, metrics: nothing, logs: nothing }),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** The handle of telemetry that waits: it becomes whatever `start` makes. */
export function createDeferredHandle(start: () => OtelHandle): OtelHandle {
  let current = createInertHandle('deferred')
  return {
    get status() {
      return current.status
    },
    start() {
      if (current.status === 'deferred') current = start()
    },
    flush: timeoutMs => current.flush(timeoutMs),
    shutdown: timeoutMs => current.shutdown(timeoutMs),
    health: () => current.health(),
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  }
}
