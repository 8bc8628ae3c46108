import type { IncomingMessage } from 'node:http'
import { type Attributes, type Context, propagation, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { describeIncoming } from './describe-incoming.ts'
import { normalizeMethod } from './methods.ts'
import { safely } from './safely.ts'
import { ServerState } from './server-state.ts'
import { createStart, hasParent, noSpan, type SpanParts } from './span-parts.ts'

/** Returns how to begin what is known of a request. */
export function createBeginning(parts: SpanParts): (request: IncomingMessage) => ServerState {
  const { options } = parts
  const hook = options.startIncomingSpanHook && safely('startIncomingSpanHook', options.startIncomingSpanHook)
  const start = createStart(SpanKind.SERVER, parts, hook !== undefined)
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
    const describe = (): Attributes => {
      const attributes = describeIncoming(request, method, options)
      return hook === undefined ? attributes : { ...attributes, ...hook(request) }
    }
    const span = start(request.method ?? 'GET', remote, describe)
    return new ServerState(remote, span, method, startMs)
  }
}
