import { createRequire } from 'node:module'
import type { Report } from './diagnostics/problem.ts'
import { createProblem } from './diagnostics/problems.ts'

/**
 * Finds a package that is not in our bundle and returns a `require` that stands in it: it loads the package by its own
 * name, and what the package brings along. Undefined, and one line that says what to install, where it is missing.
 */
export function findOptional(packageName: string, feature: string, report: Report): NodeJS.Require | undefined {
  let require: NodeJS.Require
  try {
    require = createRequire(createRequire(import.meta.url).resolve(packageName))
  } catch {
    report(createProblem('not-installed', { feature, packageName }))
    return undefined
  }
  if (!hasLogs(require)) report(createProblem('older-api-optional', { packageName }))
  return require
}

/** What is not bundled finds the API that the app pins. The logs came with 1.10; before it nothing of this works well. */
function hasLogs(require: NodeJS.Require): boolean {
  try {
    return 'logs' in (require('@opentelemetry/api') as object)
  } catch {
    return true // its own error will say more
  }
}
