import { type Span, TraceFlags } from '@opentelemetry/api'
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace'

/**
 * For spans that go nowhere, as with `OTEL_TRACES_EXPORTER=none`: none is recorded, but each has its ids, for log lines
 * and for whoever is called, who hears what was decided about the trace.
 */
export class UnheardSampler implements Sampler {
  readonly #sampler: Sampler
  #isSampled = false

  constructor(sampler: Sampler) {
    this.#sampler = sampler
  }

  shouldSample(...about: Parameters<Sampler['shouldSample']>): SamplingResult {
    const result = this.#sampler.shouldSample(...about)
    this.#isSampled = result.decision === SamplingDecision.RECORD_AND_SAMPLED
    return { ...result, decision: SamplingDecision.NOT_RECORD }
  }

  /** Before a span is started, which may not come to be asked for. */
  forget(): void {
    this.#isSampled = false
  }

  /** Says in a span that was started now what was decided about it. */
  mark(span: Span): Span {
    if (this.#isSampled) span.spanContext().traceFlags |= TraceFlags.SAMPLED
    return span
  }

  toString(): string {
    return this.#sampler.toString()
  }
}
