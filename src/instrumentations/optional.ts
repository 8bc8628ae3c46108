import type { Instrumentation, InstrumentationConfig } from '@opentelemetry/instrumentation'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { findOptional, hasApi, standIn } from '../optional-package.ts'
import { connect } from './connect.ts'
import { watchModules } from './module-loads.ts'
import type { Watch } from './watch.ts'

/** The package that brings all the others along. We take single ones from it: itself would load every one. */
const collection = '@opentelemetry/auto-instrumentations-node'

type Optional = Instrumentation & { getModuleDefinitions?(): readonly { readonly name: string }[] }
type OptionalClass = new (options: InstrumentationConfig) => Optional

export function isCollectionThere(): boolean {
  return findOptional(collection) !== undefined
}

/** Watches by an instrumentation that is not in our bundle. Where it cannot be had, one line says why. */
export function watchOptional(name: string, isAskedFor: boolean, report: Report): Watch {
  return parts => {
    const instrumentation = create(name, parts.options, isAskedFor, report)
    if (instrumentation === undefined) return () => {}
    connect(instrumentation, parts)
    return () => instrumentation.disable()
  }
}

function create(
  name: string,
  options: InstrumentationConfig,
  isAskedFor: boolean,
  report: Report,
): Optional | undefined {
  const require = findOptional(collection)
  if (require === undefined) {
    const missing = { packageName: collection, library: name, feature: `the instrumentation "${name}"` }
    report(createProblem(isAskedFor ? 'not-installed' : 'library-unwatched', missing))
    return undefined
  }
  const packageName = `@opentelemetry/instrumentation-${name}`
  const within = standIn(packageName, require)
  if (within === undefined) {
    report(createProblem('unknown-instrumentation', { name }))
    return undefined
  }
  const canRecord = hasApi(within, packageName, report)
  try {
    const Class = findClass(within(packageName) as object)
    const instrumentation = new Class(options)
    passOnLoads(instrumentation, require)
    return instrumentation
  } catch (error) {
    if (canRecord) throw error
    return undefined // most fail where the API is too old, and that was said
  }
}

function findClass(exports: object): OptionalClass {
  return Object.entries(exports).find(([key]) => key.endsWith('Instrumentation'))?.[1] as OptionalClass
}

/**
 * An instrumentation outside of our bundle listens to `require()` by require-in-the-middle, which hears nothing of an
 * import by an ES module, nor of what was loaded before. Requiring the loaded file once more lets it hear.
 */
function passOnLoads(instrumentation: Optional, require: NodeJS.Require): void {
  const names = instrumentation.getModuleDefinitions?.().map(definition => definition.name) ?? []
  watchModules([...new Set(names)], (_exports, _name, _baseDir, filename) => require(filename))
}
