import type { ClientRequest } from 'node:http'
import { type Attributes, context, SpanKind } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { ChildContext } from './child-context.ts'
import { type ClientState, readTarget } from './client-state.ts'
import { describeOptions, describeOutgoing } from './describe-outgoing.ts'
import { normalizeMethod } from './methods.ts'
import { injectContext } from './outgoing-headers.ts'
import { safely } from './safely.ts'
import { hasParent, noSpan, type SpanParts } from './span-parts.ts'

const clientKind = { kind: SpanKind.CLIENT }

/** Returns how to begin what is known of a request: `undefined` where it is nobody's business. */
export function createStart(parts: SpanParts): (request: ClientRequest) => ClientState | undefined {
  const { options, tracer, needsAttributesAtStart } = parts
  const { ignoreOutgoingRequestHook, startOutgoingSpanHook, requireParentforOutgoingSpans } = options
  const ignore = ignoreOutgoingRequestHook && safely('ignoreOutgoingRequestHook', ignoreOutgoingRequestHook)
  const hook = startOutgoingSpanHook && safely('startOutgoingSpanHook', startOutgoingSpanHook)
  const isEager = needsAttributesAtStart || hook !== undefined

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
    const describe = (): Attributes => describeOutgoing(request, method, target, options)
    const about = isEager
      ? { kind: SpanKind.CLIENT, attributes: { ...describe(), ...hook?.(describeOptions(request, target)) } }
      : clientKind
    const span = tracer.startSpan(request.method, about, parent)
    if (!isEager && span.isRecording()) span.setAttributes(describe())
    injectContext(request, new ChildContext(parent, span))
    return { ...state, span }
  }
}
