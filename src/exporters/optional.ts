import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { needOptional, hasApi } from '../optional-package.ts'

/** Exporters that few people use: in optional packages, and loaded only when they are asked for. */
const packages = {
  zipkin: { packageName: '@opentelemetry/exporter-zipkin', className: 'ZipkinExporter' },
  prometheus: { packageName: '@opentelemetry/exporter-prometheus', className: 'PrometheusExporter' },
} as const

/** Undefined, and one line that says why, where it cannot be had. */
export function createOptionalExporter<Made>(
  name: keyof typeof packages,
  options: object,
  report: Report,
): Made | undefined {
  const { packageName, className } = packages[name]
  try {
    const require = needOptional(packageName, `the exporter "${name}"`, report)
    if (require === undefined) return undefined
    hasApi(require, packageName, report)
    const exports = require(packageName) as Record<string, new (options: object) => Made>
    return new exports[className]!(options)
  } catch (error) {
    report(createProblem('exporter-failed', { name, reason: String(error) }))
    return undefined
  }
}
