import { describe, expect, test } from 'vitest'
import { signals } from '../harness/service.ts'
import { type FaultCase, faultCases, meetFault, secret } from './fault-cases.ts'

describe.concurrent('the app runs on and every record is accounted for where the collector', () => {
  test.each(Object.entries(faultCases))('%s', { timeout: 60_000 }, async (_name, fault) => {
    const { complaints, knocks, shutdownMs, health, result, expectedStdout, arrived } = await meetFault(fault)

    const { code, signal, stdout, stderr } = result
    expect({ code, signal, stdout }).toEqual({ code: 0, signal: null, stdout: expectedStdout })
    expect(complaints).toEqual([])
    expect(shutdownMs).toBeLessThan(2000) // a busy machine is slow; `npm run bench:faults` holds the real bar
    expect(knocks.filter(({ signal }) => signal === undefined)).toEqual([]) // nobody followed the redirect
    for (const signal of signals) {
      const { queued, ended, sent, droppedByReason } = health[signal]
      const reasons = Object.keys(droppedByReason)
      expect(queued).toBe(0)
      expect(reasons.filter(reason => !mayDrop(fault, reason))).toEqual([])
      expect(arrived[signal]).toBeGreaterThanOrEqual(sent)
      // Nobody knows what became of a request whose answer was not waited for.
      const isSure = fault.isCut !== true && reasons.every(reason => !unsure.includes(reason))
      expect(arrived[signal]).toBeLessThanOrEqual(isSure ? sent : signal === 'metrics' ? Infinity : ended)
    }
    expectLines(stderr, fault)
  })
})

const unsure = ['timeout', 'exit_deadline']

/** What does not fit into the queue, or comes too late at the end, has to do with time; what is superseded is no loss. */
function mayDrop({ reason, behaviour }: FaultCase, found: string): boolean {
  if (found === 'superseded') return true
  if (reason === undefined) return isSlow(behaviour) && found === 'exit_deadline'
  return [reason, 'queue_full', 'exit_deadline'].includes(found)
}

function isSlow(behaviour: FaultCase['behaviour']): boolean {
  return behaviour === 'slow' || behaviour === 'drip-body'
}

function expectLines(stderr: string, { reason, behaviour, says }: FaultCase): void {
  const lines = stderr.split('\n').slice(0, -1)
  expect(lines.length, stderr).toBeLessThanOrEqual(5)
  expect(lines.filter(line => !line.startsWith('[@org/otel] '))).toEqual([])
  expect(stderr).not.toContain(secret)
  if (says) expect(stderr).toMatch(says)
  if (reason === undefined && says === undefined && !isSlow(behaviour)) expect(stderr).toBe('')
  if (['401', '403', 'unauthenticated'].includes(`${behaviour}`)) {
    expect(stderr).toContain('OTEL_EXPORTER_OTLP_HEADERS')
  }
}
