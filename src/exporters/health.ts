import type { DropReason, SignalHealth } from '../handle.ts'
import type { Books } from './books.ts'

/** From best to worst. */
const states: readonly SignalHealth['state'][] = ['ok', 'failing', 'paused']

/** The books of one signal's exporters as one, in plain data that stays as it is. */
export function describeHealth(all: readonly Books[]): SignalHealth {
  const droppedByReason: Partial<Record<DropReason, number>> = {}
  for (const books of all) {
    for (const [reason, count] of Object.entries(books.droppedByReason) as [DropReason, number][]) {
      droppedByReason[reason] = (droppedByReason[reason] ?? 0) + count
    }
  }
  const sum = (name: 'ended' | 'sent' | 'dropped' | 'queued'): number =>
    all.reduce((total, books) => total + books[name], 0)
  return {
    ended: sum('ended'),
    sent: sum('sent'),
    dropped: sum('dropped'),
    droppedByReason,
    queued: sum('queued'),
    state: states.findLast(state => all.some(books => books.state === state)) ?? 'ok',
    lastError: all.findLast(books => books.lastError !== undefined)?.lastError,
    lastSuccess: all.map(books => books.lastSuccess).findLast(time => time !== undefined),
  }
}
