import { context, trace } from '@opentelemetry/api'
import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis'

type Connect = (this: unknown, ...args: unknown[]) => unknown

/**
 * A connection outlives the request that happens to open it. The official instrumentation makes that request pay: spans
 * for `connect`, `hello`, `client` and `info`, and a second one for each command that had to wait for the connection.
 * Here a connection is opened outside of any span, where `requireParentSpan` keeps all of that silent.
 */
export class QuietIORedisInstrumentation extends IORedisInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super(config)
    // Private there: TypeScript lets nobody override it, and a patch is made of it only when the library is loaded.
    Object.assign(this, { _patchConnection: () => connectOutsideOfSpans })
  }
}

function connectOutsideOfSpans(original: Connect): Connect {
  return function (...args) {
    const here = context.active()
    const [callback, ...rest] = args
    if (typeof callback === 'function') args = [context.bind(here, callback), ...rest]
    return context.with(trace.deleteSpan(here), () => original.apply(this, args))
  }
}
