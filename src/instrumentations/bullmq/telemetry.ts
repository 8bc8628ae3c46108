import type { Attributes, Context } from '@opentelemetry/api'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Span, Telemetry } from 'bullmq'
import type { Said } from './attributes.ts'
import { readMetadata, writeMetadata } from './context.ts'
import type { Beginning, Signals } from './operation.ts'
import { Operation } from './operation.ts'
import { ProcessOperation, SettleOperation } from './process.ts'
import { CreateOperation, SendOperation } from './send.ts'

/** Runs our part of the work. What it throws is reported, and BullMQ gets the fallback. */
export type Guard = <T>(work: () => T, fallback: T) => T

export interface Surroundings {
  readonly signals: Signals
  readonly guard: Guard
  /** Name of the queue; undefined for a flow producer, which has many. */
  readonly queue: string | undefined
  readonly server: Attributes
}

/** What is worth telling. All else that BullMQ announces is not: locks, stalled jobs, polling, pause, close. */
const operations = new Map<string, (beginning: Beginning) => Operation>([
  ['add', beginning => new SendOperation(beginning, false)],
  ['addBulk', beginning => new SendOperation(beginning, true)],
  ['addFlow', beginning => new SendOperation(beginning, true)],
  ['addBulkFlows', beginning => new SendOperation(beginning, true)],
  ['addNode', beginning => new CreateOperation(beginning)],
  ['process', beginning => new ProcessOperation(beginning)],
  ['complete', beginning => new SettleOperation(beginning, 'completed')],
  ['fail', beginning => new SettleOperation(beginning, 'failed')],
  ['delay', beginning => new SettleOperation(beginning, 'delayed')],
  ['retry', beginning => new SettleOperation(beginning, 'retried')],
])

/** BullMQ's own interface for telemetry, for one queue, worker or flow producer. Nothing in it throws. */
export function createTelemetry(surroundings: Surroundings): Telemetry<Context> {
  const { signals, guard } = surroundings
  const silent = new Operation()
  return {
    tracer: {
      startSpan: (name, _options, parent) =>
        new GuardedSpan(
          guard(() => beginOperation(surroundings, name, parent), silent),
          guard,
        ),
    },
    contextManager: {
      with: (ctx, work) => context.with(ctx, work),
      active: () => context.active(),
      root: () => ROOT_CONTEXT,
      getMetadata: ctx => guard(() => writeMetadata(ctx), ''),
      fromMetadata: (active, metadata) => guard(() => readMetadata(active, metadata), active),
    },
    // BullMQ counts jobs here in its later versions; we do that ourselves for all of them.
    // The gauge is the application's own measurement: `queue.recordJobCountsMetric()`.
    meter: {
      createCounter: () => ({ add() {} }),
      createHistogram: () => ({ record() {} }),
      createGauge: (name, options) => guard(() => signals.meter().createGauge(name, options), { record() {} }),
    },
  }
}

/** BullMQ says `operation destination`; a destination is a queue, or `queue.job` for `add`. */
function beginOperation(surroundings: Surroundings, name: string, parent: Context | undefined): Operation {
  const [operation = name] = name.split(' ', 1)
  const create = operations.get(operation)
  if (create === undefined) return new Operation()
  const destination = name.slice(operation.length + 1)
  const { signals, server, queue = destination || undefined } = surroundings
  const jobName = destination.startsWith(`${queue}.`) ? destination.slice(`${queue}.`.length) : undefined
  return create({ signals, operation, queue, jobName, server, parent })
}

/** What BullMQ holds in its hands. */
class GuardedSpan implements Span<Context> {
  readonly #operation: Operation
  readonly #guard: Guard

  constructor(operation: Operation, guard: Guard) {
    this.#operation = operation
    this.#guard = guard
  }

  /** Without a context, where a job came without metadata: BullMQ before 5.26.2. */
  setSpanOnContext(ctx: Context = context.active()): Context {
    return this.#guard(() => this.#operation.setSpanOnContext(ctx), ctx)
  }
  setAttribute(key: string, value: unknown): void {
    this.setAttributes({ [key]: value })
  }
  setAttributes(said: Said): void {
    this.#guard(() => this.#operation.setAttributes(said), undefined)
  }
  addEvent(name: string, said: Said = {}): void {
    this.#guard(() => this.#operation.addEvent(name, said), undefined)
  }
  recordException(error: unknown): void {
    this.#guard(() => this.#operation.recordException(error), undefined)
  }
  end(): void {
    this.#guard(() => this.#operation.end(), undefined)
  }
}
