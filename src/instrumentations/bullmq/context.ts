import type { Context, SpanContext } from '@opentelemetry/api'
import { createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { JobState } from './metrics.ts'

/** What we read of a job. */
export interface JobFacts {
  readonly id?: string
  readonly name?: string
  readonly attemptsMade?: number
  readonly finishedOn?: number
}

/** What others have to tell a running attempt. */
export interface Attempt {
  readonly jobId: string | undefined
  /** The processor threw. */
  noteThrown(error: unknown): void
  /** BullMQ met an error while it saved the outcome. */
  recordException(error: unknown): void
  /** The outcome is saved. */
  settle(state: JobState): void
}

/** The job that a worker is about to process. */
export const jobAhead = slot<JobFacts>('job')
/** The attempt in whose processor this code runs. */
export const runningAttempt = slot<Attempt>('attempt')
/** How many jobs the running `addFlow` adds to which queue. */
export const openBatch = slot<Map<string, number>>('batch')
/** The job before the one that a scheduler adds now. */
export const previousIteration = slot<SpanContext>('previous iteration')
/** The job keeps the metadata that it was added with. */
export const keepsMetadata = slot<true>('keeps metadata')

function slot<T>(description: string): Slot<T> {
  const key = createContextKey(`@org/otel/bullmq ${description}`)
  return {
    get: context => context.getValue(key) as T | undefined,
    set: (context, value) => context.setValue(key, value),
    clear: context => context.deleteValue(key),
  }
}

interface Slot<T> {
  get(context: Context): T | undefined
  set(context: Context, value: T): Context
  clear(context: Context): Context
}

/** The context as it travels in the job's options, in the form that bullmq-otel writes too. Empty: nothing travels. */
export function writeMetadata(context: Context): string {
  if (keepsMetadata.get(context) === true) return ''
  const carrier: Record<string, string> = {}
  propagation.inject(context, carrier)
  return Object.keys(carrier).length === 0 ? '' : JSON.stringify(carrier)
}

/** `base` with what travelled in it. Metadata that nobody can read is no reason to fail: then `base` alone. */
export function readMetadata(base: Context, metadata: unknown): Context {
  const carrier = parse(metadata)
  return typeof carrier === 'object' && carrier !== null ? propagation.extract(base, carrier) : base
}

function parse(metadata: unknown): unknown {
  try {
    return JSON.parse(String(metadata))
  } catch {
    return undefined // anybody can write into Redis
  }
}

/**
 * For the next job of a scheduler, which a worker adds when it takes the one before. It begins a trace of its own, with
 * a link to that job: one trace for all would never end.
 */
export function nextIteration(metadata: unknown): Context {
  const previous = trace.getSpanContext(readMetadata(ROOT_CONTEXT, metadata))
  return previous === undefined ? ROOT_CONTEXT : previousIteration.set(ROOT_CONTEXT, previous)
}
