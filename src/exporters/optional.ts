import { createRequire } from 'node:module'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'

/** Exporters that few people use: in optional packages, and loaded only when they are asked for. */
const packages = {
  zipkin: { packageName: '@opentelemetry/exporter-zipkin', className: 'ZipkinExporter' },
  prometheus: { packageName: '@opentelemetry/exporter-prometheus', className: 'PrometheusExporter' },
} as const

export function createOptionalExporter<Made>(
  name: keyof typeof packages,
  options: object,
  report: Report,
): Made | undefined {
  const { packageName, className } = packages[name]
  const requireHere = createRequire(import.meta.url)
  try {
    const exports = requireHere(packageName) as Record<string, new (options: object) => Made>
    return new exports[className]!(options)
  } catch (error) {
    report(
      isMissing(error)
        ? createProblem('not-installed', { feature: `the exporter "${name}"`, packageName })
        : createProblem('exporter-failed', { name, reason: String(error) }),
    )
    return undefined
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
}
