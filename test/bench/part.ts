import type { Findings } from './findings.ts'

interface PartOptions {
  /** `dist/register.js` of the version that is measured. */
  readonly register: string
  /** Another version, measured beside it. */
  readonly before?: string | undefined
  readonly rounds: number
  say(line: string): void
}

/** One part of the benchmark: some rows of the table. */
export type Part = (options: PartOptions) => Promise<Findings>
