import { formatTrace } from './format-trace.ts'
import type { Receiver } from './receiver.ts'

const maxLines = 60

/** What has arrived so far, for the message of a test that waited in vain. */
export function describeArrivals(receiver: Receiver): string {
  const requests = receiver.requests()
  if (requests.length === 0) return 'Nothing has arrived: no request at all.'
  const spans = receiver.spans()
  const metrics = receiver.metrics()
  const logs = receiver.logs()
  const count = `${spans.length} spans, ${metrics.length} metrics, ${logs.length} log records`
  const refusals = requests.flatMap(({ refusal }) => refusal ?? [])
  return [
    `Arrived in ${requests.length} requests: ${count}.`,
    ...section('Refused', refusals),
    ...section('Spans', formatTrace(spans).split('\n').filter(Boolean)),
    ...section('Metrics', [...new Set(metrics.map(({ name, type }) => `${name} (${type})`))]),
    ...section(
      'Log records',
      logs.map(({ severityText, body }) => `${severityText} ${describeBody(body)}`),
    ),
  ].join('\n')
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length > maxLines ? [`  and ${lines.length - maxLines} more`] : []
  return [`${title}:`, ...lines.slice(0, maxLines).map(line => `  ${line}`), ...more]
}

function describeBody(body: unknown): string {
  const text =
    typeof body === 'string'
      ? body
      : JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
