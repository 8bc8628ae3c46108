import { median } from './median.ts'

/** A figure and how sure it is. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** The median of the rounds, and where the middle half of them lies. */
export function medianOf(rounds: readonly number[]): Estimate {
  const sorted = rounds.toSorted((left, right) => left - right)
  const cut = Math.floor(sorted.length / 4)
  return { value: median(rounds), low: sorted[cut]!, high: sorted[sorted.length - 1 - cut]! }
}

/** The mean of the rounds with its 95 % interval by Student's t: each round is one measurement, its processes are its own. */
export function meanOf(rounds: readonly number[]): Estimate {
  const value = rounds.reduce((sum, number) => sum + number, 0) / rounds.length
  const squares = rounds.reduce((sum, number) => sum + (number - value) ** 2, 0)
  const reach = student95(rounds.length - 1) * Math.sqrt(squares / (rounds.length - 1) / rounds.length)
  return { value, low: value - reach, high: value + reach }
}

/** Two-sided quantiles by degrees of freedom; beyond the table the next lower row, which is wider. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
]

function student95(freedom: number): number {
  return quantiles[Math.min(freedom, quantiles.length) - 1] ?? Infinity
}
