import { type Attributes, context, metrics, propagation, type TextMapPropagator, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, MeterProvider } from '@opentelemetry/sdk-metrics'
import { type ReadableSpan, type Sampler, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Watch } from '../../src/instrumentations/watch.ts'
import { TestReader } from '../providers/test-reader.ts'

export interface LabOptions {
  readonly needsAttributesAtStart?: boolean
  readonly decision?: SamplingDecision
}

/** What is heard of a library under watch, with the SDK behind it. */
export interface SdkLab {
  /** What a sampler is shown when a span starts. */
  readonly seenAtStart: Attributes[]
  readonly spans: ReadableSpan[]
  /** The attributes of each measured series, by the name of the metric. */
  measured(): Promise<Readonly<Record<string, readonly Attributes[]>>>
  /** Undoes what was changed in the process. */
  close(): void
}

export function watchInLab(
  watch: Watch,
  options: Readonly<Record<string, unknown>>,
  propagator: TextMapPropagator,
  { needsAttributesAtStart = false, decision = SamplingDecision.RECORD_AND_SAMPLED }: LabOptions = {},
): SdkLab {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  propagation.setGlobalPropagator(propagator)
  const spans: ReadableSpan[] = []
  const seenAtStart: Attributes[] = []
  const sampler: Sampler = {
    shouldSample(_context, _traceId, _name, _kind, attributes) {
      seenAtStart.push({ ...attributes })
      return { decision }
    },
  }
  const traces = new TracerProvider({
    sampler,
    spanProcessors: [
      { onStart() {}, onEnd: span => void spans.push(span), forceFlush: async () => {}, shutdown: async () => {} },
    ],
  })
  const reader = new TestReader(AggregationTemporality.CUMULATIVE)
  const undo = watch({
    options,
    providers: { traces, metrics: new MeterProvider({ readers: [reader] }), logs: new LoggerProvider() },
    needsAttributesAtStart,
    ending: { flush: async () => {}, timeoutMs: 0 },
  })
  return {
    spans,
    seenAtStart,
    async measured() {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap(scope => scope.metrics)
      return Object.fromEntries(
        all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ attributes }) => attributes)]),
      )
    },
    close() {
      undo()
      trace.disable()
      metrics.disable()
      context.disable()
      propagation.disable()
    },
  }
}
