import type { Circuit, CircuitState } from './circuit.ts'
import type { DropReason } from '../handle.ts'
import type { Outcome } from './outcome.ts'
import type { Loss, Queue } from './queue.ts'

export interface BooksParts {
  readonly signal: 'traces' | 'metrics' | 'logs'
  /** As `otel.component.type` names it: `otlp_http_span_exporter`. */
  readonly exporterType: string
  readonly url: string | undefined
  /** Records that may wait; undefined for metrics. */
  readonly capacity: number | undefined
  readonly queue: Pick<Queue<never, unknown>, 'waiting' | 'inFlight'>
  readonly circuit: Pick<Circuit, 'state'>
}

/** What became of the records of one exporter: at any quiet moment `ended === sent + dropped + queued`. */
export class Books implements BooksParts {
  readonly signal
  readonly exporterType
  readonly url
  readonly capacity
  readonly queue
  readonly circuit
  /** Records handed over for export. */
  ended = 0
  /** Records that the collector accepted. */
  sent = 0
  readonly droppedByReason: Partial<Record<DropReason, number>> = {}
  /** Why the last request that failed did. */
  lastError: string | undefined
  lastSuccess: Date | undefined
  /** Told after each request. */
  onAttempt: ((attempt: { readonly seconds: number; readonly outcome: Outcome }) => void) | undefined

  constructor(parts: BooksParts) {
    this.signal = parts.signal
    this.exporterType = parts.exporterType
    this.url = parts.url
    this.capacity = parts.capacity
    this.queue = parts.queue
    this.circuit = parts.circuit
  }

  get dropped(): number {
    return Object.values(this.droppedByReason).reduce((sum, count) => sum + count, 0)
  }

  /** What is gone for good: what a superseded collection of metrics said, the next one says too. */
  get lost(): number {
    return this.dropped - (this.droppedByReason.superseded ?? 0)
  }

  get waiting(): number {
    return this.queue.waiting
  }

  get inFlight(): number {
    return this.queue.inFlight
  }

  get queued(): number {
    return this.waiting + this.inFlight
  }

  get state(): CircuitState {
    return this.circuit.state
  }

  drop(loss: Loss | undefined): void {
    if (loss === undefined || loss.count === 0) return
    this.droppedByReason[loss.reason] = (this.droppedByReason[loss.reason] ?? 0) + loss.count
  }

  /** Enters how a request went, and not what becomes of its records. */
  note(outcome: Outcome): void {
    if (outcome.words !== undefined) this.lastError = outcome.words
    if (outcome.kind === 'sent') this.lastSuccess = new Date()
  }

  /** Enters how the last request with these records went. */
  settle(count: number, outcome: Outcome): void {
    this.note(outcome)
    if (outcome.kind !== 'sent') return this.drop({ reason: outcome.reason, count })
    const { unwritten = 0 } = outcome
    const rejected = Math.min(count - unwritten, outcome.rejected)
    this.sent += count - unwritten - rejected
    this.drop({ reason: 'export_failed', count: unwritten })
    this.drop({ reason: 'rejected', count: rejected })
  }
}
