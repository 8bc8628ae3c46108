import { context } from '@opentelemetry/api'
import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'

type Connect = (this: unknown, callback?: unknown) => unknown
type Patch = (original: Connect) => Connect

/**
 * Who waits for a connection of a busy pool is called by whoever gives one back, within that one's request. The official
 * instrumentation brings the waiting one back to its own context only where it makes a span for connecting. Without such
 * spans, as here by default, the queries of one request would stand in the trace of another.
 */
export class ContextKeepingPgInstrumentation extends PgInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super(config)
    const official = this as unknown as { _getPoolConnectPatch(): Patch } // private there
    const getPatch = official._getPoolConnectPatch.bind(this)
    official._getPoolConnectPatch = () => {
      const patch = getPatch()
      return original => {
        const patched = patch(original)
        return function (callback) {
          return patched.call(
            this,
            typeof callback === 'function' ? context.bind(context.active(), callback) : callback,
          )
        }
      }
    }
  }
}
