import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api'
import { type Instrumentation, InstrumentationBase } from '@opentelemetry/instrumentation'
import type { Config } from '../config/config.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { catalogue } from './catalogue.ts'
import { type ChildProcessParts, installChildProcess } from './child-process.ts'
import { installModuleHook, wantFiles } from './module-loads.ts'
import { createOptional } from './optional.ts'
import { selectInstrumentations } from './select.ts'
import { installWorkerThreads } from './worker-threads.ts'

export interface InstrumentationParts extends ChildProcessParts {
  readonly config: Config
  readonly providers: {
    readonly traces: TracerProvider
    readonly metrics: MeterProvider
    readonly logs: LoggerProvider
  }
  /** Sends what was recorded, by whomever, where an end is near. Never rejects. */
  readonly flush: () => Promise<void>
}

// Its warning that a library was loaded too early is wrong here: such a library is patched late.
const base = InstrumentationBase.prototype as unknown as { _warnOnPreloadedModules(): void }
base._warnOnPreloadedModules = () => {}

/** Starts to watch the libraries that were asked for, loaded or not. Returns the undo. */
export function installInstrumentations(parts: InstrumentationParts): () => void {
  const { config, report } = parts
  const unhook = installModuleHook((error, name) =>
    report(createProblem('patch-failed', { library: name, reason: String(error) })),
  )
  const undo: (() => void)[] = [unhook]

  /** What fails leaves the library, and all others, as they are. */
  function attempt(library: string, install: () => () => void): void {
    try {
      undo.unshift(install())
    } catch (error) {
      report(createProblem('patch-failed', { library, reason: String(error) }))
    }
  }

  if (config.processPropagation) {
    attempt('child_process', () => installChildProcess(parts))
    attempt('worker_threads', installWorkerThreads)
  }
  for (const name of selectInstrumentations(Object.keys(catalogue), config.instrumentations)) {
    attempt(name, () => {
      const instrumentation = start(name, parts)
      return () => instrumentation?.disable()
    })
  }
  return () => undo.forEach(act => act())
}

function start(name: string, parts: InstrumentationParts): Instrumentation | undefined {
  const given = parts.config.code.instrumentations?.[name]
  const options = typeof given === 'object' ? given : {}
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (entry === undefined) return connect(createOptional(name, options, parts.report), parts)
  // Created switched off: a patch that ran within the constructor would meet a half-made object.
  const { flush, config } = parts
  const ending = { flush, timeoutMs: config.exitTimeoutMs }
  const instrumentation = entry.create({ ...entry.defaults, ...options, enabled: false }, ending)
  connect(instrumentation, parts)
  wantFiles(namesOfFiles(instrumentation))
  instrumentation.setConfig({ ...entry.defaults, ...options, enabled: true })
  instrumentation.enable()
  return instrumentation
}

type WithDefinitions = Instrumentation & Partial<Pick<InstrumentationBase, 'getModuleDefinitions'>>

function namesOfFiles(instrumentation: WithDefinitions): readonly string[] {
  const definitions = instrumentation.getModuleDefinitions?.() ?? []
  return definitions.flatMap(({ name, files }) => [name, ...files.map(file => file.name)])
}

function connect<I extends Instrumentation | undefined>(instrumentation: I, { providers }: InstrumentationParts): I {
  const { traces, metrics, logs } = providers
  instrumentation?.setTracerProvider(traces)
  instrumentation?.setMeterProvider(metrics)
  instrumentation?.setLoggerProvider?.(logs)
  return instrumentation
}
