import type { Config } from '../config/config.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { type Beginning, catalogue, type CatalogueEntry } from './catalogue.ts'
import { type ChildProcessParts, installChildProcess } from './child-process.ts'
import { installModuleHook, wakeLoaded, whenLoaded } from './module-loads.ts'
import { isCollectionThere, watchOptional } from './optional.ts'
import { others } from './others.ts'
import { selectInstrumentations } from './select.ts'
import { watchBundle } from './watch-bundle.ts'
import type { WatchParts } from './watch.ts'
import { installWorkerThreads } from './worker-threads.ts'

export interface InstrumentationParts extends ChildProcessParts {
  readonly config: Config
  readonly providers: WatchParts['providers']
  /** Sends what was recorded, by whomever, where an end is near. Never rejects. */
  readonly flush: () => Promise<void>
}

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
  const defaults = [...Object.keys(catalogue), ...Object.keys(others)]
  const names = selectInstrumentations(defaults, config.instrumentations)
  for (const name of names) {
    const entry = find(name, parts)
    const watch = (): void => attempt(name, () => entry.load()(createParts(name, entry, parts)))
    attempt(name, () => begin(entry.from, watch))
  }
  wakeLoaded()
  attempt('bundle', () => watchBundle(process.argv[1], names, report))
  return () => undo.forEach(act => act())
}

function begin(from: Beginning, watch: () => void): () => void {
  if (from === 'setup') watch()
  else if (from === 'first turn') {
    const turn = setImmediate(watch).unref()
    return () => clearImmediate(turn)
  } else whenLoaded(from, watch)
  return () => {}
}

type Entry = Pick<CatalogueEntry, 'from' | 'load' | 'defaults'>

function find(name: string, { config, report }: InstrumentationParts): Entry {
  const { enabled, switched, official } = config.instrumentations
  const own = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (own !== undefined) return official.includes(name) ? { ...own, load: own.loadOfficial ?? own.load } : own
  const isAskedFor = enabled?.includes(name) === true || switched[name] === true
  const packages = Object.hasOwn(others, name) ? others[name] : undefined
  return {
    // What was asked for and cannot be had is told at once.
    from: packages === undefined || (isAskedFor && !isCollectionThere()) ? 'setup' : packages,
    load: () => watchOptional(name, isAskedFor, report),
    defaults: {},
  }
}

function createParts(
  name: string,
  { defaults }: Entry,
  { config, providers, flush }: InstrumentationParts,
): WatchParts {
  const { code, configFile, exitTimeoutMs } = config
  const given = code.instrumentations?.[name]
  return {
    options: { ...defaults, ...(typeof given === 'object' && given) },
    providers,
    needsAttributesAtStart: [code.sampler, code.spanProcessors, configFile].some(part => part !== undefined),
    ending: { flush, timeoutMs: exitTimeoutMs },
  }
}
