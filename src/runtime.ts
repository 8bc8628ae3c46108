import type { OtelOptions } from './config/options.ts'
import type { Report } from './diagnostics/problem.ts'
import type { OtelHandle } from './handle.ts'
import type { Place } from './lifecycle/find-place.ts'
import type { Beforehand } from './providers/beforehand.ts'

/** The one piece of state of this process, shared by all doors and by all copies of this package that it loads. */
export interface Runtime extends Beforehand {
  handle?: OtelHandle
  /** What was said in code so far. */
  options?: OtelOptions
  /** As loud as the configuration says, and to the caller's logger. */
  report?: Report
}

/** The contract between the doors and what they load: src/setup.ts, */
export type Setup = (place: Place, runtime: Runtime) => OtelHandle
/** and src/wait.ts. */
export type Wait = (runtime: Runtime) => void

const key = Symbol.for('@org/otel')
const globals = globalThis as { [key]?: Runtime }

export const runtime: Runtime = (globals[key] ??= {})
