import type { Context } from '@opentelemetry/api'
import { context, SpanKind } from '@opentelemetry/api'
import type { Said } from './attributes.ts'
import {
  ATTR_FAILED_REASON,
  ATTR_JOB_ATTEMPT,
  ATTR_JOB_ID,
  ATTR_JOB_NAME,
  ATTR_JOB_STATE,
  ATTR_MESSAGING_MESSAGE_ID,
} from './attributes.ts'
import type { Attempt, JobFacts } from './context.ts'
import { jobAhead, keepsMetadata, runningAttempt } from './context.ts'
import type { Failure } from './error.ts'
import { describeError } from './error.ts'
import type { JobState } from './metrics.ts'
import { recordSettlement } from './metrics.ts'
import type { Beginning, Signals } from './operation.ts'
import { Operation, SpannedOperation } from './operation.ts'

/** One attempt at one job. */
export class ProcessOperation extends SpannedOperation implements Attempt {
  #job: JobFacts
  readonly #queue: string | undefined
  #state: JobState | undefined
  /** By the processor. Not a failure by itself: `DelayedError` and its like are a way to speak with BullMQ. */
  #thrown: Failure | undefined
  /** BullMQ's reason for failing the job. */
  #reason: string | undefined
  /** What went wrong when BullMQ saved the outcome. It tries again, so this is not final either. */
  #trouble: Failure | undefined

  constructor(beginning: Beginning) {
    const job = jobAhead.get(context.active()) ?? {}
    const { id, name, attemptsMade } = job
    super(beginning, {
      kind: SpanKind.CONSUMER,
      type: 'process',
      attributes: {
        ...(id === undefined ? {} : { [ATTR_MESSAGING_MESSAGE_ID]: String(id) }),
        ...(name === undefined ? {} : { [ATTR_JOB_NAME]: String(name) }),
        ...(attemptsMade === undefined ? {} : { [ATTR_JOB_ATTEMPT]: attemptsMade + 1 }),
      },
    })
    this.#job = job
    this.#queue = beginning.queue
    this.signals.instruments().consumedMessages.add(1, this.common)
  }

  get jobId(): string | undefined {
    return this.#job.id
  }

  override setSpanOnContext(ctx: Context): Context {
    return runningAttempt.set(jobAhead.clear(super.setSpanOnContext(ctx)), this)
  }

  override addEvent(name: string, said: Said): void {
    if (name === 'job completed') this.settle('completed')
    if (name !== 'job failed') return
    this.#reason = String(said[ATTR_FAILED_REASON])
    // Known already, except from BullMQ 5.33 to 5.41, which had lost the names of these operations.
    this.settle(this.#job.finishedOn === undefined ? 'delayed' : 'failed')
  }

  override recordException(error: unknown): void {
    this.#trouble ??= describeError(error)
  }

  noteThrown(error: unknown): void {
    this.#thrown = describeError(error)
  }

  settle(state: JobState): void {
    if (this.#state !== undefined) return
    this.#state = state
    this.note({ [ATTR_JOB_STATE]: state })
    recordSettlement(this.signals.instruments(), {
      queue: this.#queue,
      jobName: this.#job.name,
      state,
      durationMs: this.elapsedMs(),
    })
  }

  override end(): void {
    const error = this.noteFailure(this.#failure())
    super.end()
    this.signals.instruments().processDuration.record(this.elapsedMs() / 1000, { ...this.common, ...error })
    // What the processor leaves open keeps this context, and the job and its data must not stay with it.
    this.#job = this.jobId === undefined ? {} : { id: this.jobId }
  }

  #failure(): Failure | undefined {
    if (this.#state === 'completed') return undefined
    if (this.#state === undefined && this.#reason === undefined) return this.#trouble
    // A job fails without its processor where a child of it failed, or where it stalled too often.
    return this.#thrown ?? this.#trouble ?? { type: 'UnrecoverableError', message: this.#reason ?? 'job failed' }
  }
}

/** The end of an attempt is saved. No span: it is part of the attempt, and the one place where its outcome is known. */
export class SettleOperation extends Operation {
  readonly #signals: Signals
  readonly #queue: string | undefined
  readonly #state: JobState
  readonly #attempt = runningAttempt.get(context.active())
  #jobId: unknown
  #jobName: string | undefined
  #isSaved = true

  constructor({ signals, queue }: Beginning, state: JobState) {
    super()
    this.#signals = signals
    this.#queue = queue
    this.#state = state
  }

  /** BullMQ would write this context over the job's. All attempts are children of the one who added it. */
  override setSpanOnContext(ctx: Context): Context {
    return keepsMetadata.set(ctx, true)
  }

  override setAttributes(said: Said): void {
    if (said[ATTR_JOB_ID] !== undefined) this.#jobId = said[ATTR_JOB_ID]
    if (said[ATTR_JOB_NAME] !== undefined) this.#jobName = String(said[ATTR_JOB_NAME])
  }

  override recordException(error: unknown): void {
    this.#isSaved = false
    this.#ownAttempt()?.recordException(error)
  }

  override end(): void {
    if (!this.#isSaved) return
    const attempt = this.#ownAttempt()
    if (attempt !== undefined) attempt.settle(this.#state)
    else
      recordSettlement(this.#signals.instruments(), { queue: this.#queue, jobName: this.#jobName, state: this.#state })
  }

  /** A processor may settle other jobs too. BullMQ before 5.67 does not say which job it is. */
  #ownAttempt(): Attempt | undefined {
    return this.#jobId === undefined || this.#jobId === this.#attempt?.jobId ? this.#attempt : undefined
  }
}
