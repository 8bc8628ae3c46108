import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { OtelHealth } from '../handle.ts'
import type { Books } from './books.ts'
import type { Delivery } from './delivery.ts'
import { describeHealth } from './health.ts'
import { sayLastWords } from './say-last-words.ts'
import { describeLosses } from './tell-delivery.ts'

/** What is asked of all deliveries of the process at once. */
export interface Oversight {
  readonly books: readonly Books[]
  health(): Pick<OtelHealth, 'traces' | 'metrics' | 'logs'>
  /** Delivers what is left, and what is collected now, while this thread waits, and tells what could not be. */
  sayLastWords(timeoutMs: number, collect: () => void): void
  /** Ends for good: what is left is given up, and told. */
  close(): void
}

export function overseeDeliveries(deliveries: readonly Delivery<never>[], report: Report): Oversight {
  const books = deliveries.map(delivery => delivery.books)
  const of = (signal: Books['signal']): readonly Books[] => books.filter(book => book.signal === signal)

  function tellLosses(): void {
    const losses = describeLosses(books)
    if (losses !== undefined) report(createProblem('lost-at-exit', { losses }))
  }

  return {
    books,
    health: () => ({
      traces: describeHealth(of('traces')),
      metrics: describeHealth(of('metrics')),
      logs: describeHealth(of('logs')),
    }),
    sayLastWords(timeoutMs, collect) {
      sayLastWords(deliveries, timeoutMs, collect)
      tellLosses()
    },
    close() {
      for (const delivery of deliveries) delivery.close()
      tellLosses()
    },
  }
}
