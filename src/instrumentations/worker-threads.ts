import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { context, propagation } from '@opentelemetry/api'
import { environmentSetter } from '../config/environment-carrier.ts'

/** Where a thread finds what its parent has to tell it. */
const key = '@org/otel'

/**
 * Hands each new thread the context in which it was made. `new Worker()` clones the environment data on the spot, and
 * cloning calls getters: so each thread gets its own, and no class has to be replaced. Returns the undo.
 */
export function installWorkerThreads(): () => void {
  const before = getEnvironmentData(key)
  const ours = {
    get carrier() {
      return readActive()
    },
  }
  setEnvironmentData(key, ours)
  return () => {
    if (getEnvironmentData(key) === ours) setEnvironmentData(key, before)
  }
}

function readActive(): Record<string, string> {
  const carrier: Record<string, string> = {}
  try {
    propagation.inject(context.active(), carrier, environmentSetter)
  } catch {
    // A propagator of the app's may throw: a thread without a context is a thread.
  }
  return carrier
}
