import { join } from 'node:path'
import { type AppOptions, type AppResult, runApp } from './app.ts'

/** The first run on a machine fetches Redis. */
export const demoTimeoutMs = 90_000

/** How the demo of an example is started: by the repository's own Node, since who looks at it has no other. */
export function demoOf(example: string, file = 'demo.ts'): AppOptions {
  const cwd = join(import.meta.dirname, '../../examples', example)
  return { node: process.execPath, file, cwd, timeoutMs: demoTimeoutMs }
}

/** Runs it to its end. */
export function runDemo(example: string): Promise<AppResult> {
  return runApp(demoOf(example))
}
