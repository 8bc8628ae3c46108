import { InstrumentationBase } from '@opentelemetry/instrumentation'
import type { Config } from '../config/config.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { catalogue } from './catalogue.ts'
import { type ChildProcessParts, installChildProcess } from './child-process.ts'
import { installModuleHook } from './module-loads.ts'
import { connect } from './official.ts'
import { createOptional } from './optional.ts'
import { selectInstrumentations } from './select.ts'
import type { WatchParts } from './watch.ts'
import { installWorkerThreads } from './worker-threads.ts'

export interface InstrumentationParts extends ChildProcessParts {
  readonly config: Config
  readonly providers: WatchParts['providers']
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
    attempt(name, () => start(name, parts))
  }
  return () => undo.forEach(act => act())
}

function start(name: string, parts: InstrumentationParts): () => void {
  const { config, providers, report, flush } = parts
  const { code, instrumentations, exitTimeoutMs } = config
  const given = code.instrumentations?.[name]
  const options = typeof given === 'object' ? given : {}
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (entry === undefined) {
    const instrumentation = createOptional(name, options, report)
    if (instrumentation === undefined) return () => {}
    connect(instrumentation, parts)
    return () => instrumentation.disable()
  }
  const isOfficial = instrumentations.official.includes(name)
  const watch = (isOfficial ? entry.official : undefined) ?? entry.watch
  return watch({
    options: { ...entry.defaults, ...options },
    providers,
    needsAttributesAtStart: [code.sampler, code.spanProcessors, config.configFile].some(part => part !== undefined),
    ending: { flush, timeoutMs: exitTimeoutMs },
  })
}
