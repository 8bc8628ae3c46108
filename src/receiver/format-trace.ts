import type { ReceivedSpan } from './received.ts'

/**
 * Draws spans as a tree, one below the other by start time: name, service, kind, duration, and a cross with the message
 * for errors. Several traces are drawn one after the other; a span whose parent has not arrived says so.
 *
 * @example
 * trace 5b8efff798038103d269b633813fc60c: 3 spans, 38.5 ms
 * POST /orders           orders-api     SERVER     12.4 ms
 * └─ send orders         orders-api     PRODUCER    1.3 ms
 *    └─ process orders   orders-worker  CONSUMER   24.8 ms  ✗ card refused
 */
export function formatTrace(spans: readonly ReceivedSpan[]): string {
  const traces = Map.groupBy(byStart(spans), span => span.traceId)
  return [...traces].map(([traceId, members]) => formatOne(traceId, members)).join('\n\n')
}

interface Row {
  readonly tree: string
  readonly span: ReceivedSpan
}

function formatOne(traceId: string, spans: readonly ReceivedSpan[]): string {
  const ids = new Set(spans.map(span => span.spanId))
  const children = Map.groupBy(spans, span => (ids.has(span.parentSpanId ?? '') ? span.parentSpanId : undefined))
  const drawn = new Set<ReceivedSpan>() // ids that go round in a circle must not draw for ever

  const draw = (span: ReceivedSpan, first: string, rest: string): Row[] => {
    if (drawn.has(span)) return []
    drawn.add(span)
    const below = children.get(span.spanId) ?? []
    const rows = below.flatMap((child, index) =>
      index === below.length - 1 ? draw(child, `${rest}└─ `, `${rest}   `) : draw(child, `${rest}├─ `, `${rest}│  `),
    )
    return [{ tree: first + span.name, span }, ...rows]
  }
  const rows = (children.get(undefined) ?? []).flatMap(root => draw(root, '', ''))
  const columns = rows.map(({ tree, span }) => [tree, serviceName(span), span.kind, formatDuration(span.durationMs)])
  const widths = [0, 1, 2, 3].map(column => Math.max(...columns.map(cells => cells[column]?.length ?? 0)))
  const lines = rows.map(({ span }, index) => {
    const [tree = '', service = '', kind = '', duration = ''] = columns[index] ?? []
    const cells = [tree.padEnd(widths[0] ?? 0), service.padEnd(widths[1] ?? 0), kind.padEnd(widths[2] ?? 0)]
    return [...cells, duration.padStart(widths[3] ?? 0), ...remarks(span, ids)].join('  ')
  })
  return [`trace ${traceId}: ${count(spans.length)}, ${formatDuration(elapsed(spans))}`, ...lines].join('\n')
}

function remarks(span: ReceivedSpan, ids: ReadonlySet<string>): string[] {
  const error = span.status.code === 'ERROR' ? [`✗ ${span.status.message}`.trimEnd()] : []
  const isOrphan = span.parentSpanId !== undefined && !ids.has(span.parentSpanId)
  return isOrphan ? [...error, `(parent ${span.parentSpanId} is missing)`] : error
}

function byStart(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans.toSorted((a, b) => a.startTimeMs - b.startTimeMs)
}

function elapsed(spans: readonly ReceivedSpan[]): number {
  const start = Math.min(...spans.map(span => span.startTimeMs))
  return Math.max(...spans.map(span => span.startTimeMs + span.durationMs)) - start
}

function serviceName(span: ReceivedSpan): string {
  return String(span.resource['service.name'] ?? '?')
}

function formatDuration(ms: number): string {
  return `${ms.toFixed(1)} ms`
}

function count(spans: number): string {
  return spans === 1 ? '1 span' : `${spans} spans`
}
