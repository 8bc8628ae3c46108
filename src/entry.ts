import { createRequire } from 'node:module'
import type { OtelOptions } from './config/options.ts'
import { describeThrown } from './diagnostics/describe-thrown.ts'
import { createProblem } from './diagnostics/problems.ts'
import { createReporter } from './diagnostics/reporter.ts'
import type { OtelHandle } from './handle.ts'
import { createInertHandle } from './lifecycle/create-handle.ts'
import { isNodeSupported, neededNode } from './node-version.ts'
import { runtime, type Setup } from './runtime.ts'

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
  return open({ defer: false, ...given }, given)
}

/** What the preload does: the same without options, and it waits where `OTEL_NODE_DEFER_SETUP` says so. */
export function preload(): void {
  if (runtime.handle === undefined) open({}, {})
}

function open(options: OtelOptions, given: OtelOptions): OtelHandle {
  const { handle } = runtime
  if (handle === undefined) {
    runtime.options = options
    return (runtime.handle = begin(process.env))
  }
  if (handle.status === 'deferred' && options.defer === false) {
    runtime.options = { ...runtime.options, ...options }
    handle.start()
  } else if (handle.status === 'active' || handle.status === 'stopped') {
    // Why any other one does not run was said when it was made.
    const say = runtime.report ?? report
    say(createProblem('already-running', { status: handle.status, options: Object.keys(given) }))
  }
  return handle
}

function begin(env: NodeJS.ProcessEnv): OtelHandle {
  const found = process.versions.node
  if (!isNodeSupported(found)) {
    report(createProblem('node-too-old', { needed: neededNode, found }))
    return createInertHandle('unsupported')
  }
  try {
    // Loaded here and not by a static import: an old Node could not link it, and a door that is opened late costs nothing.
    const loaded = createRequire(import.meta.url)('./setup.js') as { setup: Setup }
    return loaded.setup(env, runtime, () => begin(env))
  } catch (error) {
    report(createProblem('setup-failed', { reason: describeThrown(error) }))
    return createInertHandle('failed')
  }
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
