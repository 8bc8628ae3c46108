import { createRequire } from 'node:module'
import type { Report } from './diagnostics/problem.ts'
import { createProblem } from './diagnostics/problems.ts'

/**
 * Finds a package that is not in our bundle and returns a `require` that stands in it: it loads the package by its own
 * name, and what the package brings along. Undefined where it is missing.
 */
export function findOptional(packageName: string): NodeJS.Require | undefined {
  return standIn(packageName, createRequire(import.meta.url))
}

/** The same where it was asked for: one line says what to install. */
export function needOptional(packageName: string, feature: string, report: Report): NodeJS.Require | undefined {
  const require = findOptional(packageName)
  if (require === undefined) report(createProblem('not-installed', { feature, packageName }))
  return require
}

/** A `require` that stands in a package which another one finds; undefined where that finds none. */
export function standIn(packageName: string, require: NodeJS.Require): NodeJS.Require | undefined {
  try {
    return createRequire(require.resolve(packageName))
  } catch {
    return undefined
  }
}

/**
 * Whether a package that is not in our bundle finds the API that it needs: it finds the one that the app pins, and
 * before 1.10, when the logs came, nothing of this works well. Then one line says so.
 */
export function hasApi(require: NodeJS.Require, packageName: string, report: Report): boolean {
  const api = load(require)
  if (api === undefined || 'logs' in api) return true // without any, its own error will say more
  report(createProblem('older-api-optional', { packageName }))
  return false
}

function load(require: NodeJS.Require): object | undefined {
  try {
    return require('@opentelemetry/api') as object
  } catch {
    return undefined
  }
}
