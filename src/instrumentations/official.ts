import type { Instrumentation, InstrumentationBase, InstrumentationConfig } from '@opentelemetry/instrumentation'
import type { Ending } from './bullmq/sandbox-flush.ts'
import { wantFiles } from './module-loads.ts'
import type { Watch, WatchParts } from './watch.ts'

/** Watches a library by a class of the kind that OpenTelemetry's own packages have. */
export function official(create: (options: InstrumentationConfig, ending: Ending) => Instrumentation): Watch {
  return parts => {
    const { options, ending } = parts
    // Created switched off: a patch that ran within the constructor would meet a half-made object.
    const instrumentation = create({ ...options, enabled: false }, ending)
    connect(instrumentation, parts)
    wantFiles(namesOfFiles(instrumentation))
    instrumentation.setConfig({ ...options, enabled: true })
    instrumentation.enable()
    return () => instrumentation.disable()
  }
}

export function connect(instrumentation: Instrumentation, { providers }: Pick<WatchParts, 'providers'>): void {
  const { traces, metrics, logs } = providers
  instrumentation.setTracerProvider(traces)
  instrumentation.setMeterProvider(metrics)
  instrumentation.setLoggerProvider?.(logs)
}

type WithDefinitions = Instrumentation & Partial<Pick<InstrumentationBase, 'getModuleDefinitions'>>

function namesOfFiles(instrumentation: WithDefinitions): readonly string[] {
  const definitions = instrumentation.getModuleDefinitions?.() ?? []
  return definitions.flatMap(({ name, files }) => [name, ...files.map(file => file.name)])
}
