import type { Context } from '@opentelemetry/api'
import { context, SpanKind } from '@opentelemetry/api'
import type { Said } from './attributes.ts'
import {
  ATTR_BULK_COUNT,
  ATTR_JOB_NAME,
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_DESTINATION_NAME,
} from './attributes.ts'
import { openBatch } from './context.ts'
import type { Failure } from './error.ts'
import { describeError } from './error.ts'
import type { Beginning } from './operation.ts'
import { SpannedOperation } from './operation.ts'

const jobName = ({ jobName }: Beginning) => (jobName === undefined ? {} : { [ATTR_JOB_NAME]: jobName })

/** One job given to Redis, or many in one call. */
export class SendOperation extends SpannedOperation {
  readonly #queue: string | undefined
  readonly #isBatch: boolean
  readonly #jobsByQueue = new Map<string, number>()
  #failure: Failure | undefined

  constructor(beginning: Beginning, isBatch: boolean) {
    super(beginning, { kind: SpanKind.PRODUCER, type: 'send', attributes: jobName(beginning) })
    this.#queue = beginning.queue
    this.#isBatch = isBatch
    if (!isBatch && this.#queue !== undefined) this.#jobsByQueue.set(this.#queue, 1)
  }

  override setSpanOnContext(ctx: Context): Context {
    return openBatch.set(super.setSpanOnContext(ctx), this.#jobsByQueue)
  }

  override setAttributes(said: Said): void {
    super.setAttributes(said)
    const count = said[ATTR_BULK_COUNT]
    if (typeof count === 'number' && this.#queue !== undefined) this.#jobsByQueue.set(this.#queue, count)
  }

  override recordException(error: unknown): void {
    this.#failure = describeError(error)
  }

  override end(): void {
    const error = this.noteFailure(this.#failure)
    const total = [...this.#jobsByQueue.values()].reduce((sum, count) => sum + count, 0)
    if (this.#isBatch) this.note({ [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: total })
    super.end()
    const { sentMessages, operationDuration } = this.signals.instruments()
    for (const [queue, count] of this.#jobsByQueue) {
      sentMessages.add(count, { ...this.common, [ATTR_MESSAGING_DESTINATION_NAME]: queue, ...error })
    }
    operationDuration.record(this.elapsedMs() / 1000, { ...this.common, ...this.type, ...error })
  }
}

/** One job of a flow: it is sent with the whole flow, but its context is that of this span. */
export class CreateOperation extends SpannedOperation {
  #failure: Failure | undefined

  constructor(beginning: Beginning) {
    super(beginning, { kind: SpanKind.PRODUCER, type: 'create', name: 'add', attributes: jobName(beginning) })
    const { queue } = beginning
    const batch = openBatch.get(context.active())
    if (queue !== undefined) batch?.set(queue, (batch.get(queue) ?? 0) + 1)
  }

  override recordException(error: unknown): void {
    this.#failure = describeError(error)
  }

  override end(): void {
    this.noteFailure(this.#failure)
    super.end()
  }
}
