import { context } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { WholeHttpInstrumentation } from '../http/official-http.ts'
import { official } from '../official.ts'
import type { Watch } from '../watch.ts'

/** The export of telemetry is no work of the app: neither a span nor a measurement of its own. */
const ignoreOutgoingRequestHook = (): boolean => isTracingSuppressed(context.active())

export const watch: Watch = official(
  options => new WholeHttpInstrumentation({ ignoreOutgoingRequestHook, ...options } as typeof options),
)
