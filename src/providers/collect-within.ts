import { millisToHrTime } from '@opentelemetry/core'
import type { CollectionResult, MetricProducer } from '@opentelemetry/sdk-metrics'
import { describeThrown } from '../diagnostics/describe-thrown.ts'
import { callCallbacks, type Observation, openCollector, readStorages } from './collector.ts'

/** A callback of the app failed; its instruments have no values in this collection. */
export class CallbackError extends Error {
  readonly instruments: string

  constructor(instruments: string, reason: unknown) {
    super(describeThrown(reason), { cause: reason })
    this.name = reason instanceof Error ? reason.name : 'CallbackError'
    this.instruments = instruments
  }
}

/**
 * Collects, and waits for the callbacks of the app for `timeoutMs` at most. The SDK's own limit holds the process with
 * a timer for each callback that does not come back, and without a limit one such callback would end all metrics.
 */
export async function collectWithin(producer: MetricProducer, timeoutMs: number): Promise<CollectionResult> {
  const collector = openCollector(producer)
  if (collector === undefined) return producer.collect()
  const time = millisToHrTime(Date.now())
  const settled = await settleWithin(callCallbacks(collector), timeoutMs)
  for (const { error, observation } of settled) if (error === undefined) observation.keep(time)
  return {
    resourceMetrics: readStorages(collector, time),
    errors: settled.map(({ error }) => error).filter(error => error !== undefined),
  }
}

interface Settled {
  readonly observation: Observation
  readonly error: CallbackError | undefined
}

async function settleWithin(observations: readonly Observation[], timeoutMs: number): Promise<readonly Settled[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${timeoutMs} ms`)
    error.name = 'TimeoutError'
    timer = setTimeout(reject, timeoutMs, error).unref()
  })
  late.catch(() => {}) // where nobody has to wait
  const settled = observations.map(async (observation): Promise<Settled> => {
    const { instruments, thrown, pending } = observation
    try {
      await (pending === undefined ? undefined : Promise.race([pending, late]))
      return { observation, error: thrown && new CallbackError(instruments, thrown.reason) }
    } catch (reason) {
      return { observation, error: new CallbackError(instruments, reason) }
    }
  })
  try {
    return await Promise.all(settled)
  } finally {
    clearTimeout(timer)
  }
}
