import { createRequire } from 'node:module'
import type { Instrumentation, InstrumentationConfig } from '@opentelemetry/instrumentation'
import { watchModules } from './module-loads.ts'

const collection = '@opentelemetry/auto-instrumentations-node'

export type OptionalInstrumentation =
  | { readonly outcome: 'created'; readonly instrumentation: Instrumentation }
  /** The optional packages are not installed. */
  | { readonly outcome: 'not-installed'; readonly packageName: string }
  /** Nobody knows an instrumentation by this name. */
  | { readonly outcome: 'unknown' }

/** Makes an instrumentation that is not in our bundle, from the optional package that collects them. */
export function createOptional(name: string, options: InstrumentationConfig): OptionalInstrumentation {
  const requireHere = createRequire(import.meta.url)
  let requireThere: NodeJS.Require
  try {
    requireThere = createRequire(requireHere.resolve(collection))
  } catch {
    return { outcome: 'not-installed', packageName: collection }
  }
  const exports = load(requireThere, `@opentelemetry/instrumentation-${name}`)
  const Instrumentation = Object.entries(exports).find(([key]) => key.endsWith('Instrumentation'))?.[1]
  if (Instrumentation === undefined) return { outcome: 'unknown' }
  const instrumentation = new Instrumentation(options)
  passOnLoads(instrumentation, requireThere)
  return { outcome: 'created', instrumentation }
}

type Constructors = Record<string, new (options: InstrumentationConfig) => Instrumentation & WithDefinitions>

function load(require: NodeJS.Require, packageName: string): Constructors {
  try {
    require.resolve(packageName)
  } catch {
    return {}
  }
  return require(packageName) as Constructors
}

interface WithDefinitions {
  getModuleDefinitions?(): readonly { readonly name: string }[]
}

/**
 * An instrumentation outside of our bundle listens to `require()` by require-in-the-middle, which hears nothing of an
 * import by an ES module, nor of what was loaded before. Requiring the loaded file once more lets it hear.
 */
function passOnLoads(instrumentation: WithDefinitions, require: NodeJS.Require): void {
  const names = instrumentation.getModuleDefinitions?.().map(({ name }) => name) ?? []
  watchModules([...new Set(names)], (_exports, _name, _baseDir, filename) => require(filename))
}
