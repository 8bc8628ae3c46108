import { flattenAttributes, flattenId, flattenOrigin, nanosToMs } from './flatten-values.ts'
import type { Message } from './otlp-schema.ts'
import type { ReceivedExemplar, ReceivedMetric, ReceivedOrigin, ReceivedPoint } from './received.ts'

const temporalities = [undefined, 'DELTA', 'CUMULATIVE'] as const

export function flattenMetrics(request: Message<'ExportMetricsServiceRequest'>): ReceivedMetric[] {
  return request.resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, metrics }) => {
      const origin = flattenOrigin(resource, scope)
      return metrics.map(metric => flattenMetric(metric, origin))
    }),
  )
}

function flattenMetric(metric: Message<'Metric'>, origin: ReceivedOrigin): ReceivedMetric {
  const { sum, histogram, exponentialHistogram } = metric
  const temporality = (sum ?? histogram ?? exponentialHistogram)?.aggregationTemporality
  return {
    name: metric.name ?? '',
    unit: metric.unit ?? '',
    description: metric.description ?? '',
    ...flattenData(metric),
    temporality: temporalities[temporality ?? 0],
    isMonotonic: sum?.isMonotonic ?? false,
    ...origin,
  }
}

function flattenData(metric: Message<'Metric'>): Pick<ReceivedMetric, 'type' | 'points'> {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric
  if (sum) return { type: 'sum', points: sum.dataPoints.map(flattenNumber) }
  if (histogram) return { type: 'histogram', points: histogram.dataPoints.map(flattenHistogram) }
  if (exponentialHistogram) {
    return { type: 'exponentialHistogram', points: exponentialHistogram.dataPoints.map(flattenExponential) }
  }
  if (summary) return { type: 'summary', points: summary.dataPoints.map(flattenSummary) }
  return { type: 'gauge', points: gauge?.dataPoints.map(flattenNumber) ?? [] }
}

function flattenNumber(point: Message<'NumberDataPoint'>): ReceivedPoint {
  return {
    ...flattenPoint(point),
    value: measurement(point),
    exemplars: point.exemplars.map(flattenExemplar),
  }
}

function flattenHistogram(point: Message<'HistogramDataPoint'>): ReceivedPoint {
  return {
    ...flattenPoint(point),
    count: Number(point.count ?? 0n),
    sum: point.sum,
    min: point.min,
    max: point.max,
    buckets: { bounds: point.explicitBounds, counts: point.bucketCounts.map(Number) },
    exemplars: point.exemplars.map(flattenExemplar),
  }
}

function flattenExponential(point: Message<'ExponentialHistogramDataPoint'>): ReceivedPoint {
  return {
    ...flattenPoint(point),
    count: Number(point.count ?? 0n),
    sum: point.sum,
    min: point.min,
    max: point.max,
    exponentialBuckets: {
      scale: point.scale ?? 0,
      zeroCount: Number(point.zeroCount ?? 0n),
      positive: flattenBuckets(point.positive),
      negative: flattenBuckets(point.negative),
    },
    exemplars: point.exemplars.map(flattenExemplar),
  }
}

function flattenSummary(point: Message<'SummaryDataPoint'>): ReceivedPoint {
  return {
    ...flattenPoint(point),
    count: Number(point.count ?? 0n),
    sum: point.sum ?? 0,
    quantiles: point.quantileValues.map(({ quantile = 0, value = 0 }) => ({ quantile, value })),
  }
}

type AnyPoint = Pick<Message<'NumberDataPoint'>, 'attributes' | 'startTimeUnixNano' | 'timeUnixNano'>

function flattenPoint(point: AnyPoint): Pick<ReceivedPoint, 'attributes' | 'startTimeMs' | 'timeMs'> {
  return {
    attributes: flattenAttributes(point.attributes),
    startTimeMs: nanosToMs(point.startTimeUnixNano),
    timeMs: nanosToMs(point.timeUnixNano),
  }
}

function flattenBuckets(buckets: Message<'Buckets'> | undefined): { offset: number; counts: number[] } {
  return { offset: buckets?.offset ?? 0, counts: buckets?.bucketCounts.map(Number) ?? [] }
}

function flattenExemplar(exemplar: Message<'Exemplar'>): ReceivedExemplar {
  return {
    value: measurement(exemplar),
    timeMs: nanosToMs(exemplar.timeUnixNano),
    traceId: flattenId(exemplar.traceId),
    spanId: flattenId(exemplar.spanId),
    attributes: flattenAttributes(exemplar.filteredAttributes),
  }
}

function measurement({ asDouble, asInt }: { asDouble?: number; asInt?: bigint }): number {
  return asDouble ?? Number(asInt ?? 0n)
}
