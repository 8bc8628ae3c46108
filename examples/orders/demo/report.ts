import { stripVTControlCharacters, styleText } from 'node:util'
import { addUp, type Arrived, type LogLine, type Series, type Span } from './receiver.ts'

export interface MetricName {
  readonly name: string
  readonly service: string
}

const barWidth = 24
const dim = (text: string): string => styleText('dim', text)

export function summarizeTrace(spans: readonly Span[]): string {
  if (spans.length === 0) return 'nothing of it arrived'
  const services = new Set(spans.map(span => span.attributes['service.name']))
  return `${services.size} services, ${spans.length} spans, ${milliseconds(extentOf(spans).total)}`
}

function extentOf(spans: readonly Span[]): { start: number; total: number } {
  const start = Math.min(...spans.map(span => span.startTime))
  return { start, total: Math.max(...spans.map(span => span.startTime + span.duration)) - start }
}

/** One trace as a tree: the service, the span, how long it took, and when. */
export function describeTrace(spans: readonly Span[]): string[] {
  const { start, total } = extentOf(spans)
  const bar = (span: Span) => {
    const from = Math.min(Math.round(((span.startTime - start) / total) * barWidth), barWidth - 1)
    const length = Math.max(1, Math.min(Math.round((span.duration / total) * barWidth), barWidth - from))
    return ' '.repeat(from) + '━'.repeat(length)
  }
  return align(
    layOut(spans).map(({ branch, span }) => [
      String(span.attributes['service.name']),
      dim(branch) + nameOf(span) + (span.status.code === 'ERROR' ? '  error' : ''),
      milliseconds(span.duration),
      dim(bar(span)),
    ]),
    [2],
  )
}

interface Row {
  readonly branch: string
  readonly span: Span
}

/** Parents before children, siblings by their start, which has whole milliseconds only: the end decides between equals. */
function layOut(spans: readonly Span[]): Row[] {
  const inOrder = spans.toSorted((a, b) => a.startTime - b.startTime || a.duration - b.duration)
  const ids = new Set(spans.map(span => span.spanId))
  const under = (parent: string | undefined, indent: string): Row[] => {
    const children = inOrder.filter(
      ({ parentSpanId }) => (ids.has(parentSpanId ?? '') ? parentSpanId : undefined) === parent,
    )
    return children.flatMap((span, index) => {
      const isLast = index === children.length - 1
      const branch = parent === undefined ? '' : `${indent}${isLast ? '└─ ' : '├─ '}`
      const below = parent === undefined ? '' : `${indent}${isLast ? '   ' : '│  '}`
      return [{ branch, span }, ...under(span.spanId, below)]
    })
  }
  return under(undefined, '')
}

/** A client span is named after its method alone; where it went makes it readable. */
function nameOf({ name, attributes }: Span): string {
  const url = attributes['url.full']
  return name === attributes['http.request.method'] && typeof url === 'string' ? `${name} ${url}` : name
}

export function describeLogs(logs: readonly LogLine[]): string[] {
  const lines = logs.toSorted((a, b) => a.timestamp - b.timestamp)
  return align(
    lines.map(({ resourceName, severityText, body, attributes }) => [
      resourceName,
      severityText.toLowerCase(),
      body,
      dim(
        Object.entries(attributes)
          .filter(([key]) => isOwn(key))
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(' '),
      ),
    ]),
  )
}

/** The receiver mixes the attributes of the resource in; those have dots, and those of our log lines have none. */
const isOwn = (key: string): boolean => !key.includes('.')

export function describeMetrics({ series, metricNames }: Arrived, wanted: readonly MetricName[]): string[] {
  const rows = wanted.flatMap(({ name, service }) => {
    const found = series.filter(one => one.name === name && one.service === service)
    return found.length === 0 ? [] : [[service, name, measure(found)]]
  })
  const others = metricNames.filter(name => !wanted.some(metric => metric.name === name))
  const families = new Set(others.map(name => `${name.split('.').slice(0, 2).join('.')}.*`))
  return [...align(rows), dim(`and ${others.length} more: ${[...families].toSorted().join(' ')}`)]
}

function measure(series: readonly Series[]): string {
  const count = addUp(series, 'count')
  if (count === 0) return String(addUp(series, 'value'))
  const toMs = series[0]?.unit === 's' ? 1000 : 1
  return `${count} times, ${milliseconds((addUp(series, 'sum') / count) * toMs)} on average`
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`

/** Columns as wide as their widest cell; those in `right` are aligned to the right. */
function align(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => width(row[column] ?? ''))))
  return rows.map(row =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)))
        return right.includes(column) ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd(),
  )
}

const width = (cell: string): number => stripVTControlCharacters(cell).length
