import { trace } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Config } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { batchOptions } from './batch-options.ts'
import { contain } from './contain.ts'
import type { Pipeline } from './pipeline.ts'
import { createSampler } from './sampler.ts'

export interface TracesParts {
  readonly config: Config
  readonly resource: Resource
  readonly exporters: readonly SpanExporter[]
  readonly report: Report
}

export function createTraces(parts: TracesParts): Pipeline & { provider: TracerProvider } {
  const { config, resource, exporters, report } = parts
  const given = config.code.spanProcessors ?? []
  const provider = new TracerProvider({
    resource,
    sampler: createSampler(config, report),
    spanProcessors: [
      ...given.map(processor => contain('spanProcessors', processor, report)),
      ...exporters.map(exporter => new BatchSpanProcessor(batchOptions(exporter, config.traces.batch))),
    ],
  })
  return {
    provider,
    install: () => trace.setGlobalTracerProvider(provider),
    uninstall: () => trace.disable(),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  }
}
