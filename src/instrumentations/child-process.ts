import { ChildProcess } from 'node:child_process'
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import {
  type EnvironmentCarrier,
  environmentGetter,
  environmentName,
  environmentSetter,
} from '../config/environment-carrier.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'

export interface ChildProcessParts {
  /** The environment of this process as it was started: what else a child gets under these names is the app's own. */
  readonly inherited: EnvironmentCarrier
  readonly report: Report
}

interface SpawnOptions {
  /** `name=value`, complete. */
  readonly envPairs?: readonly string[]
}

interface Spawner {
  spawn(options: SpawnOptions): unknown
}

/**
 * Hands each new process the context in which it is started, in its environment, and no older one. All forms of
 * `node:child_process` end in one of two functions, whenever and however they were imported: there the environment is
 * complete. Returns the undo.
 */
export function installChildProcess({ inherited, report }: ChildProcessParts): () => void {
  const fields = propagation.fields().map(environmentName)
  const atStart = readContext(fields, inherited)
  // What belongs together: a trace state of ours beside a parent of the app's would tell of two traces.
  const groups = [fields.filter(name => name !== 'BAGGAGE'), fields.filter(name => name === 'BAGGAGE')]

  function addContext<Options extends SpawnOptions | undefined>(options: Options): Options {
    try {
      const pairs = options?.envPairs // Node complains where there are none
      if (!Array.isArray(pairs)) return options
      const ours: Record<string, string> = {}
      propagation.inject(context.active(), ours, environmentSetter)
      const names = groups.filter(group => !group.some(name => isOwn(pairs, name))).flat()
      const others = pairs.filter(pair => !names.includes(nameOf(pair)))
      const added = names.flatMap(name => (ours[name] === undefined ? [] : [`${name}=${ours[name]}`]))
      return { ...options, envPairs: [...others, ...added] }
    } catch (error) {
      report(createProblem('patch-failed', { library: 'child_process', reason: String(error) }))
      return options
    }
  }

  function isOwn(pairs: readonly string[], name: string): boolean {
    return pairs.some(pair => nameOf(pair) === name && pair !== `${name}=${atStart[name]}`)
  }

  const undo = [ChildProcess.prototype as unknown as Spawner, findSyncSpawner()].map(
    spawner => spawner && wrapSpawn(spawner, addContext),
  )
  return () => undo.forEach(restore => restore?.())
}

/** What is a context among the variables of these names, which may be the app's for something else; an empty one is none. */
function readContext(names: readonly string[], env: EnvironmentCarrier): EnvironmentCarrier {
  const understood: Record<string, string> = {}
  propagation.inject(propagation.extract(ROOT_CONTEXT, env, environmentGetter), understood, environmentSetter)
  return Object.fromEntries(names.flatMap(name => (understood[name] || env[name] === '' ? [[name, env[name]]] : [])))
}

function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf('='))
}

function wrapSpawn(spawner: Spawner, change: (options: SpawnOptions) => SpawnOptions): () => void {
  const original = spawner.spawn
  function spawn(this: unknown, options: SpawnOptions): unknown {
    return original.call(this as Spawner, change(options))
  }
  spawner.spawn = spawn
  return () => {
    if (spawner.spawn === spawn) spawner.spawn = original
  }
}

interface Deprecated {
  binding(name: string): Spawner
  noDeprecation: boolean | undefined
}

/**
 * What is under `spawnSync`, `execSync` and `execFileSync`. Node's permission model keeps it to itself: then these three
 * hand over no context. Functions in their place would be late for those who took them out of the module earlier.
 */
function findSyncSpawner(): Spawner | undefined {
  const node = process as unknown as Deprecated
  const { noDeprecation } = node
  try {
    // Said under --pending-deprecation, and not the app's doing. Under --no-deprecation it cannot be set.
    Reflect.set(node, 'noDeprecation', true)
    return node.binding('spawn_sync')
  } catch {
    return undefined
  } finally {
    Reflect.set(node, 'noDeprecation', noDeprecation)
  }
}
