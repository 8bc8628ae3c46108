import type { IncomingMessage } from 'node:http'
import { type Attributes, type Context, propagation, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { describeIncoming } from './describe-incoming.ts'
import { normalizeMethod } from './methods.ts'
import { safely } from './safely.ts'
import { ServerState } from './server-state.ts'
import { hasParent, noSpan, type SpanParts } from './span-parts.ts'

const serverKind = { kind: SpanKind.SERVER }

/** Returns how to begin what is known of a request. */
export function createStart({
  options,
  tracer,
  needsAttributesAtStart,
}: SpanParts): (r: IncomingMessage) => ServerState {
  const hook = options.startIncomingSpanHook && safely('startIncomingSpanHook', options.startIncomingSpanHook)
  // Names of the headers in which context comes. Where none of them is there, nothing is extracted.
  const fields = propagation.fields().map(field => field.toLowerCase())

  function extract({ headers }: IncomingMessage): Context {
    for (const field of fields) {
      if (headers[field] !== undefined) return propagation.extract(ROOT_CONTEXT, headers)
    }
    return ROOT_CONTEXT
  }

  return request => {
    const startMs = performance.now()
    const method = normalizeMethod(request.method)
    const remote = extract(request)
    if (options.requireParentforIncomingSpans && !hasParent(remote)) {
      return new ServerState(remote, noSpan, method, startMs)
    }
    const describe = (): Attributes => describeIncoming(request, method, options)
    const isEager = needsAttributesAtStart || hook !== undefined
    const about = isEager ? { kind: SpanKind.SERVER, attributes: { ...describe(), ...hook?.(request) } } : serverKind
    const span = tracer.startSpan(request.method ?? 'GET', about, remote)
    if (!isEager && span.isRecording()) span.setAttributes(describe())
    return new ServerState(remote, span, method, startMs)
  }
}
