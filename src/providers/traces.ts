import { trace } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Config } from '../config/config.ts'
import { batchOptions } from './batch-options.ts'
import type { Pipeline } from './pipeline.ts'
import { createSampler } from './sampler.ts'

export interface TracesParts {
  readonly config: Config
  readonly resource: Resource
  readonly exporters: readonly SpanExporter[]
}

export function createTraces({ config, resource, exporters }: TracesParts): Pipeline & { provider: TracerProvider } {
  const provider = new TracerProvider({
    resource,
    sampler: createSampler(config),
    spanProcessors: [
      ...(config.code.spanProcessors ?? []),
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
