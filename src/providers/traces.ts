import { trace, TraceFlags } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Config } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import type { Delivery } from '../exporters/delivery.ts'
import { contain } from './contain.ts'
import { createIds } from './ids.ts'
import { foreignFlush, type Pipeline, settleAll } from './pipeline.ts'
import { needAttributes } from './quicken-spans.ts'
import { createSampler } from './sampler.ts'
import { UnheardSampler } from './unheard-sampler.ts'

export interface TracesParts {
  readonly config: Config
  readonly resource: Resource
  readonly deliveries: readonly Delivery<ReadableSpan>[]
  readonly report: Report
}

export function createTraces(parts: TracesParts): Pipeline & { provider: TracerProvider } {
  const { config, resource, deliveries, report } = parts
  const given = (config.code.spanProcessors ?? []).map(processor => contain('spanProcessors', processor, report))
  const spanProcessors = [...given, ...deliveries.map(createProcessor)]
  const decides = createSampler(config, report)
  const sampler = spanProcessors.length === 0 ? new UnheardSampler(decides) : decides
  if (config.code.sampler !== undefined || given.length > 0) needAttributes.add(sampler)
  const provider = new TracerProvider({
    resource,
    sampler,
    idGenerator: createIds(),
    spanProcessors,
  })
  return {
    provider,
    install: () => trace.setGlobalTracerProvider(provider),
    uninstall: () => trace.disable(),
    // Not the provider's: its timers hold the process for as long as a processor takes.
    flush: timeoutMs => settleAll(deliveries.map(delivery => () => delivery.flush(timeoutMs))),
    shutdown: () => provider.shutdown(),
    flushForeign: foreignFlush(given),
  }
}

function createProcessor(delivery: Delivery<ReadableSpan>): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) delivery.push(span)
    },
    forceFlush: () => delivery.flush(),
    shutdown: () => delivery.flush(),
  }
}
