import { createRequire } from 'node:module'
import * as threads from 'node:worker_threads'
import type { OtelOptions } from './config/options.ts'
import { createVariableReader, type VariableReader } from './config/read-variables.ts'
import { isDeferred, isDisabled, isForced } from './config/switches.ts'
import { general } from './config/variables.ts'
import { describeThrown } from './diagnostics/describe-thrown.ts'
import { createProblem } from './diagnostics/problems.ts'
import { createReporter } from './diagnostics/reporter.ts'
import type { OtelHandle } from './handle.ts'
import { createDeferredHandle, createInertHandle } from './lifecycle/create-handle.ts'
import { findPlace, launcherVariable, parentVariable, tellThreads } from './lifecycle/find-place.ts'
import { isNodeSupported, neededNode } from './node-version.ts'
import { runtime, type Setup, type Wait } from './runtime.ts'
import { version } from './version.ts'

const { report } = createReporter({ level: 'warn' })

/**
 * Sets up traces, metrics and logs for this process, and returns their handle.
 *
 * Call it once, as early as possible: `import { setupOtel } from '@org/otel'; setupOtel()`. Whatever the options leave
 * out comes from the standard `OTEL_*` variables (docs/configuration.md); options win over variables. A second call
 * returns the same handle and says so in one line. It is synchronous and never throws: a bad option or variable is
 * reported in one line on stderr and its default is used, and where set-up fails the app runs without telemetry.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function setupOtel(options: OtelOptions = {}): OtelHandle {
  const given = copy(options)
  // Who calls this means to begin: that a preload was told to wait does not hold it up.
  const when = given.defer === true ? 'in workers' : 'now'
  const { handle } = runtime
  if (handle === undefined) {
    runtime.options = given
    return (runtime.handle = begin(when))
  }
  if (handle.status === 'deferred') {
    runtime.options = { ...runtime.options, ...given }
    if (when === 'now') handle.start()
  } else if (handle.status === 'active' || handle.status === 'stopped') {
    // Why any other one does not run was said when it was made.
    const say = runtime.report ?? report
    say(createProblem('already-running', { status: handle.status, options: Object.keys(given) }))
  }
  return handle
}

/** What the preload does: the same as the variables have it, and it stays out of programs that only run the app. */
export function preload(): void {
  if (threads.isInternalThread) return // Node's own, for module hooks
  if (runtime.handle === undefined) runtime.handle = begin('as told')
  else runtime.report?.(createProblem('loaded-twice', { version }))
}

function begin(when: 'now' | 'in workers' | 'as told'): OtelHandle {
  const found = process.versions.node
  if (!isNodeSupported(found)) {
    report(createProblem('node-too-old', { needed: neededNode, found }))
    return createInertHandle('unsupported')
  }
  try {
    const place = findPlace(process.env)
    const variables = createVariableReader(place.env, () => {}) // set-up says what is wrong with them
    if (isDisabled(variables)) return createInertHandle('disabled')
    const bystander = when === 'as told' && !isForced(variables) ? place.bystander : undefined
    if (bystander !== undefined) return standBy(bystander, variables)
    process.env[parentVariable] = String(process.pid)
    const mayWait = when === 'in workers' || (when === 'as told' && isDeferred(variables))
    return mayWait && !place.isWorker ? wait() : load<{ setup: Setup }>('./setup.cjs').setup(place, runtime)
  } catch (error) {
    report(createProblem('setup-failed', { reason: describeThrown(error) }))
    return createInertHandle('failed')
  }
}

/** Nothing happens in a program that is no part of the app, nor in its threads, unless its own code asks for it. */
function standBy(name: string, variables: VariableReader): OtelHandle {
  const level = variables.read('OTEL_LOG_LEVEL', general.OTEL_LOG_LEVEL)
  createReporter({ level }).report(createProblem('bystander', { name }))
  if (threads.isMainThread) {
    tellThreads({ isBystander: true })
    process.env[launcherVariable] = String(process.pid)
  }
  return createDeferredHandle(() => begin('now'))
}

/** Whatever else there is to know is read when it begins. */
function wait(): OtelHandle {
  load<{ wait: Wait }>('./wait.cjs').wait(runtime)
  return createDeferredHandle(() => begin('now'))
}

/** Here and not by a static import: an old Node could not link it, and a door that is opened late costs nothing. */
function load<Module>(file: string): Module {
  return createRequire(import.meta.url)(file) as Module
}

/** An object of the caller may be anything, and may throw when it is looked at. */
function copy(options: unknown): OtelOptions {
  let seen = options === null ? 'null' : `a ${typeof options}`
  try {
    if (typeof options === 'object' && options !== null) return { ...options }
  } catch (error) {
    seen = `an object that throws (${describeThrown(error)})`
  }
  report(createProblem('bad-option', { name: '(all of them)', seen, expected: 'an object' }))
  return {}
}
