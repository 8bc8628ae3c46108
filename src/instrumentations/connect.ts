import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { WatchParts } from './watch.ts'

/** Gives an instrumentation of OpenTelemetry's kind where to record. */
export function connect(instrumentation: Instrumentation, { providers }: Pick<WatchParts, 'providers'>): void {
  instrumentation.setTracerProvider(providers.traces)
  instrumentation.setMeterProvider(providers.metrics)
  instrumentation.setLoggerProvider?.(providers.logs)
}
