import { type Instrumentation, InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation'
import type { Ending } from './bullmq/sandbox-flush.ts'
import { connect } from './connect.ts'
import { wantFiles } from './module-loads.ts'
import type { Watch } from './watch.ts'

// Its warning that a library was loaded too early is wrong here: such a library is patched late.
const base = InstrumentationBase.prototype as unknown as { _warnOnPreloadedModules(): void }
base._warnOnPreloadedModules = () => {}

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

type WithDefinitions = Instrumentation & Partial<Pick<InstrumentationBase, 'getModuleDefinitions'>>

function namesOfFiles(instrumentation: WithDefinitions): readonly string[] {
  const definitions = instrumentation.getModuleDefinitions?.() ?? []
  return definitions.flatMap(({ name, files }) => [name, ...files.map(file => file.name)])
}
