import type { Attributes } from '@opentelemetry/api'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** The attributes and the value of each data point, by metric; of histograms count and sum. */
export function valuesOf({ scopeMetrics }: ResourceMetrics): Record<string, (readonly [Attributes, unknown])[]> {
  const metrics = scopeMetrics.flatMap(scope => scope.metrics)
  return Object.fromEntries(
    metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ attributes, value }) => [
        attributes,
        typeof value === 'object' ? { count: value.count, sum: value.sum } : value,
      ]),
    ]),
  )
}
