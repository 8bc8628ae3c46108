import type { ClientRequest } from 'node:http'
import { type Attributes, context, SpanKind } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { ChildContext } from './child-context.ts'
import { type ClientState, readTarget } from './client-state.ts'
import { describeOptions, describeOutgoing } from './describe-outgoing.ts'
import { normalizeMethod } from './methods.ts'
import { injectContext } from './outgoing-headers.ts'
import { safely } from './safely.ts'
import { createStart, hasParent, noSpan, type SpanParts } from './span-parts.ts'

/** Returns how to begin what is known of a request: `undefined` where it is nobody's business. */
export function createBeginning(parts: SpanParts): (request: ClientRequest) => ClientState | undefined {
  const { options } = parts
  const { ignoreOutgoingRequestHook, startOutgoingSpanHook, requireParentforOutgoingSpans } = options
  const ignore = ignoreOutgoingRequestHook && safely('ignoreOutgoingRequestHook', ignoreOutgoingRequestHook)
  const hook = startOutgoingSpanHook && safely('startOutgoingSpanHook', startOutgoingSpanHook)
  const start = createStart(SpanKind.CLIENT, parts, hook !== undefined)

  return request => {
    const parent = context.active()
    // The export of telemetry is no work of the app: neither a span nor a measurement of its own.
    if (isTracingSuppressed(parent)) return undefined
    const startMs = performance.now()
    const target = readTarget(request)
    if (ignore?.(describeOptions(request, target)) === true) return undefined
    const method = normalizeMethod(request.method)
    const state = { span: noSpan, startMs, method, target, isEnded: false }
    if (requireParentforOutgoingSpans && !hasParent(parent)) return state
    const describe = (): Attributes => {
      const attributes = describeOutgoing(request, method, target, options)
      return hook === undefined ? attributes : { ...attributes, ...hook(describeOptions(request, target)) }
    }
    const span = start(request.method, parent, describe)
    injectContext(request, new ChildContext(parent, span))
    return { ...state, span }
  }
}
