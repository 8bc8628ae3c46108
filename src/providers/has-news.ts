import { isDeepStrictEqual } from 'node:util'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { selfMetricsScope } from './self-metrics.ts'

/** They tell of the process and of ourselves: that it ends is no reason to send them. */
const scopesWithoutNews: ReadonlySet<string> = new Set([
  '@opentelemetry/instrumentation-runtime-node',
  '@opentelemetry/instrumentation-host-metrics',
  '@opentelemetry/sdk-metrics',
  selfMetricsScope,
])

/** Whether a collection tells of something that the app did and that the one before did not tell. */
export function hasNews(collected: ResourceMetrics, before: ResourceMetrics | undefined): boolean {
  const readings = readingsOf(collected)
  return readings.length > 0 && !isDeepStrictEqual(readings, before && readingsOf(before))
}

/** What was measured, without the time of it. */
function readingsOf({ scopeMetrics }: ResourceMetrics): readonly unknown[] {
  return scopeMetrics
    .filter(({ scope }) => !scopesWithoutNews.has(scope.name))
    .map(({ scope, metrics }) => [
      scope.name,
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => [attributes, value]),
      ]),
    ])
}
