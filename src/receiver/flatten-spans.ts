import { flattenAttributes, flattenId, flattenOrigin, nanosToMs } from './flatten-values.ts'
import type { Message } from './otlp-schema.ts'
import type { ReceivedOrigin, ReceivedSpan } from './received.ts'

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
const statusCodes = ['UNSET', 'OK', 'ERROR'] as const

export function flattenSpans(request: Message<'ExportTraceServiceRequest'>): ReceivedSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => {
      const origin = flattenOrigin(resource, scope)
      return spans.map(span => flattenSpan(span, origin))
    }),
  )
}

function flattenSpan(span: Message<'Span'>, origin: ReceivedOrigin): ReceivedSpan {
  const { startTimeUnixNano: start = 0n, endTimeUnixNano: end = 0n } = span
  return {
    traceId: span.traceId ?? '',
    spanId: span.spanId ?? '',
    parentSpanId: flattenId(span.parentSpanId),
    traceState: span.traceState ?? '',
    name: span.name ?? '',
    kind: kinds[span.kind ?? 0] ?? 'UNSPECIFIED',
    startTimeMs: nanosToMs(start),
    durationMs: Number(end - start) / 1e6,
    status: { code: statusCodes[span.status?.code ?? 0] ?? 'UNSET', message: span.status?.message ?? '' },
    attributes: flattenAttributes(span.attributes),
    events: span.events.map(event => ({
      name: event.name ?? '',
      timeMs: nanosToMs(event.timeUnixNano),
      attributes: flattenAttributes(event.attributes),
    })),
    links: span.links.map(link => ({
      traceId: link.traceId ?? '',
      spanId: link.spanId ?? '',
      traceState: link.traceState ?? '',
      attributes: flattenAttributes(link.attributes),
    })),
    ...origin,
  }
}
