import { join } from 'node:path'
import { expect } from 'vitest'
import { type ReceivedMetric, type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { runApp } from './app.ts'

/** What came of a program that prints a line of JSON for each of its cases. */
export interface CasesRun<Case> {
  /** By name. */
  readonly cases: ReadonlyMap<string, Case>
  readonly spans: readonly ReceivedSpan[]
  readonly metrics: readonly ReceivedMetric[]
  readonly stderr: string
}

/** Runs such a program of test/apps to its end, which must be a good one. */
export async function runCases<Case extends { readonly name: string }>(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<CasesRun<Case>> {
  await using receiver = await startReceiver()
  const { stdout, stderr, code } = await runApp({
    file: join(import.meta.dirname, '../apps', file),
    env: { ...receiver.env, ...env },
  })
  expect(code, stderr).toBe(0)
  const cases = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Case)
  return {
    cases: new Map(cases.map(each => [each.name, each])),
    spans: receiver.spans(),
    metrics: receiver.metrics(),
    stderr,
  }
}
