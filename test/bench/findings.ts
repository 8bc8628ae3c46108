import type { Estimate } from './estimate.ts'
import type { Table } from './table.ts'

/** A row of the table of bars. */
export interface Finding {
  readonly figure: string
  readonly estimate: Estimate
  readonly bar: number
  readonly aim: number
  readonly show: (value: number) => string
  /** Whether the upper end of the estimate has to be within the bar too. */
  readonly needsCertainty?: boolean
}

/** What one part of the benchmark found, and the numbers behind it. */
export interface Findings {
  readonly findings: readonly Finding[]
  readonly details: readonly Table[]
}

export function isHeld({ estimate, bar, needsCertainty = false }: Finding): boolean {
  return (needsCertainty ? estimate.high : estimate.value) <= bar
}

export const asRatio = (value: number): string => value.toFixed(2)
export const asCount = (value: number): string => String(Math.round(value))
export const asMs = (value: number): string => `${value.toFixed(1)} ms`
export const asPercentMore = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(1)} %`

export function describeFindings(findings: readonly Finding[]): Table {
  const rows = findings.map(finding => {
    const { figure, estimate, bar, aim, show, needsCertainty } = finding
    const { low, high, value } = estimate
    const range = `${show(low)} to ${show(high)}`
    const sureness = low === high ? '' : needsCertainty ? `95 %: ${range}` : range
    return [figure, show(value), sureness, show(bar), show(aim), isHeld(finding) ? 'held' : 'NOT HELD']
  })
  return { head: ['figure', 'measured', 'half of the rounds', 'bar', 'aim', ''], rows }
}
