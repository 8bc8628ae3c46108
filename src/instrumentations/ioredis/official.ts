import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis'
import { connectOutsideOfSpans } from './contexts.ts'

/**
 * A connection outlives the request that happens to open it. The official instrumentation makes that request pay: spans
 * for `connect`, `hello`, `client` and `info`, and a second one for each command that had to wait for the connection.
 */
export class QuietIORedisInstrumentation extends IORedisInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super(config)
    // Private there: TypeScript lets nobody override it, and a patch is made of it only when the library is loaded.
    Object.assign(this, { _patchConnection: () => connectOutsideOfSpans })
  }
}
