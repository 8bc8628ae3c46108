import { type Estimate, medianOf } from './estimate.ts'

/** What each variant used, by name, in each round. */
export type Uses = readonly Readonly<Record<string, number>>[]

/** What it adds to bare Node, as a part of what another adds. Both met the same round. */
export function compareAdded(uses: Uses, name: string, other: string): Estimate {
  return medianOf(uses.map(use => added(use, name) / added(use, other)))
}

export function addedBy(uses: Uses, name: string): Estimate {
  return medianOf(uses.map(use => added(use, name)))
}

export function usedBy(uses: Uses, name: string): Estimate {
  return medianOf(uses.map(use => use[name]!))
}

function added(use: Readonly<Record<string, number>>, name: string): number {
  return use[name]! - use['bare']!
}
