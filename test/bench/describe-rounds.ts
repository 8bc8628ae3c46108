import { addedBy, compareAdded, type Uses, usedBy } from './compare.ts'
import { medianOf } from './estimate.ts'
import type { Round } from './rounds.ts'
import { showSpread } from './show-spread.ts'
import type { Table } from './table.ts'

export function describeCosts(title: string, uses: Uses): Table {
  return {
    title,
    head: ['', 'CPU us', 'added', 'of stock'],
    rows: names(uses).map(name => [name, showSpread(usedBy(uses, name), 1), ...describeAdded(uses, name)]),
  }
}

export function describeSaturations(title: string, rounds: readonly Round[]): Table {
  const uses = rounds.map(({ saturations }) => mapValues(saturations, ({ us }) => us))
  const speeds = rounds.map(({ saturations }) => mapValues(saturations, ({ perSecond }) => perSecond))
  return {
    title,
    head: ['', 'requests/s', 'CPU us', 'added', 'of stock'],
    rows: names(uses).map(name => [
      name,
      usedBy(speeds, name).value.toFixed(0),
      showSpread(usedBy(uses, name), 1),
      ...describeAdded(uses, name),
    ]),
  }
}

export function describeLatencies(title: string, latencies: Uses): Table {
  return {
    title,
    head: ['', 'us', 'more'],
    rows: names(latencies).map(name => [
      name,
      (1000 * usedBy(latencies, name).value).toFixed(0),
      showSpread(medianOf(latencies.map(round => (round[name]! / round['bare']! - 1) * 100)), 1),
    ]),
  }
}

function describeAdded(uses: Uses, name: string): string[] {
  if (name === 'bare') return ['', '']
  const [product = '', ...mode] = name.split(' ')
  const stock = `stock ${mode.join(' ') || '100 %'}`
  const isCompared = product !== 'stock' && uses[0]?.[stock] !== undefined
  return [showSpread(addedBy(uses, name), 1), isCompared ? showSpread(compareAdded(uses, name, stock), 2) : '']
}

function names(uses: Uses): string[] {
  return Object.keys(uses[0] ?? {})
}

function mapValues<Value>(record: Readonly<Record<string, Value>>, of: (value: Value) => number) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]))
}
