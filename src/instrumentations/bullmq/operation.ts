import type { Attributes, Context, Meter, Span, SpanKind, Tracer } from '@opentelemetry/api'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'
import type { Said } from './attributes.ts'
import {
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  selectAttributes,
} from './attributes.ts'
import { previousIteration } from './context.ts'
import type { Failure } from './error.ts'
import type { Instruments } from './metrics.ts'

/** Where spans and measurements go now: a provider may come later than the first queue. */
export interface Signals {
  tracer(): Tracer
  meter(): Meter
  instruments(): Instruments
}

/** What is known when BullMQ begins an operation. */
export interface Beginning {
  readonly signals: Signals
  readonly operation: string
  readonly queue: string | undefined
  readonly jobName: string | undefined
  readonly server: Attributes
  /** From the job's metadata; undefined for what belongs to the running code. */
  readonly parent: Context | undefined
}

/** One operation, as BullMQ tells of it. This one listens and keeps quiet: for everything that deserves no span. */
export class Operation {
  setSpanOnContext(ctx: Context): Context {
    return ctx
  }
  setAttributes(_said: Said): void {}
  addEvent(_name: string, _said: Said): void {}
  recordException(_error: unknown): void {}
  end(): void {}
}

interface SpanShape {
  readonly kind: SpanKind
  readonly type: 'create' | 'send' | 'process'
  /** Where it differs from BullMQ's own word for the operation. */
  readonly name?: string
  readonly attributes?: Attributes
}

/** An operation with a span. */
export class SpannedOperation extends Operation {
  protected readonly signals: Signals
  /** On the span and on every measurement. */
  protected readonly common: Attributes
  protected readonly type: Attributes
  readonly #span: Span
  readonly #beganAt = performance.now()

  constructor({ signals, operation, queue, server, parent }: Beginning, shape: SpanShape) {
    super()
    const { kind, type, name = operation, attributes } = shape
    const ctx = parent ?? context.active()
    const previous = previousIteration.get(ctx)
    this.signals = signals
    this.type = { [ATTR_MESSAGING_OPERATION_TYPE]: type }
    this.common = {
      [ATTR_MESSAGING_SYSTEM]: 'bullmq',
      [ATTR_MESSAGING_OPERATION_NAME]: name,
      ...(queue === undefined ? {} : { [ATTR_MESSAGING_DESTINATION_NAME]: queue }),
      ...server,
    }
    this.#span = signals.tracer().startSpan(
      queue === undefined ? name : `${name} ${queue}`,
      {
        kind,
        attributes: { ...this.common, ...this.type, ...attributes },
        links: previous === undefined ? [] : [{ context: previous }],
      },
      ctx,
    )
  }

  override setSpanOnContext(ctx: Context): Context {
    return trace.setSpan(ctx, this.#span)
  }

  override setAttributes(said: Said): void {
    this.note(selectAttributes(said))
  }

  protected note(attributes: Attributes): void {
    this.#span.setAttributes(attributes)
  }

  protected noteException({ type, message, stack }: Failure): void {
    this.#span.recordException({ name: type, message, ...(stack === undefined ? {} : { stack }) })
  }

  /** Marks the span as failed, and returns what the measurements say of it. */
  protected noteFailure(failure: Failure | undefined): Attributes {
    if (failure === undefined) return {}
    const error = { [ATTR_ERROR_TYPE]: failure.type }
    this.noteException(failure)
    this.#span.setAttributes(error)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message })
    return error
  }

  protected elapsedMs(): number {
    return performance.now() - this.#beganAt
  }

  override end(): void {
    this.#span.end()
  }
}
