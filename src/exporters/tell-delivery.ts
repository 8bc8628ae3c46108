import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { Books } from './books.ts'
import type { Outcome } from './outcome.ts'

const quietMs = 60_000

/**
 * Says how the delivery of one signal goes: one line when it begins to fail, one when it goes well again, and at most
 * one a minute besides. One that comes and goes is told of once a minute too.
 */
export function tellDelivery(
  report: Report,
  now: () => number = () => performance.now(),
): (books: Books, outcome: Outcome) => void {
  let isTold = false
  let lostBefore = 0
  let lostTold = 0
  let lastLine = -Infinity

  return (books, outcome) => {
    const { signal, lost } = books
    const endpoint = describeEndpoint(books)
    const isQuiet = now() - lastLine < quietMs

    function say(problem: Parameters<Report>[0]): void {
      lastLine = now()
      lostTold = lost
      report(problem)
    }

    if (outcome.kind === 'sent' && isTold) {
      isTold = false
      say(createProblem('export-recovered', { signal, endpoint, lost: describeLoss(books, lost - lostBefore) }))
    } else if (isQuiet) {
      return
    } else if (outcome.kind !== 'sent' && !isTold) {
      isTold = true
      lostBefore = lostTold
      const facts = { signal, endpoint, reason: outcome.words }
      say(
        outcome.kind === 'failed'
          ? createProblem('export-failing', facts)
          : createProblem('export-refused', { ...facts, credentials: outcome.credentials === true }),
      )
    } else if (lost > lostTold) {
      say(createProblem('records-lost', { signal, lost: describeLoss(books, lost - lostTold), words: books.lastError }))
    } else if (outcome.kind === 'sent' && outcome.words !== undefined) {
      say(createProblem('collector-remark', { signal, endpoint, words: outcome.words }))
    }
  }
}

/** Undefined where everything arrived. */
export function describeLosses(all: readonly Books[]): string | undefined {
  const losers = all.filter(books => books.lost > 0)
  if (losers.length === 0) return undefined
  const parts = losers.map(books => `${books.signal}: sent ${books.sent}, lost ${describeAllLost(books)}`)
  const endpoints = new Set(losers.flatMap(({ url }) => (url === undefined ? [] : `to ${new URL(url).origin}`)))
  const words = new Set(losers.flatMap(({ lastError }) => lastError ?? []))
  return [...parts, ...endpoints, ...words].join('; ')
}

function describeLoss({ droppedByReason }: Books, count: number): string {
  const reasons = Object.keys(droppedByReason).filter(reason => reason !== 'superseded')
  return count === 0 ? 'nothing' : `${count} (${reasons.join(', ')})`
}

function describeAllLost({ lost, droppedByReason }: Books): string {
  const reasons = Object.entries(droppedByReason).filter(([reason]) => reason !== 'superseded')
  return `${lost} (${reasons.map(([reason, count]) => (reasons.length > 1 ? `${reason} ${count}` : reason)).join(', ')})`
}

/** Without the query, which may hold a token. */
function describeEndpoint({ url, exporterType }: Books): string {
  if (url === undefined) return exporterType
  const { origin, pathname } = new URL(url)
  return origin + (pathname === '/' ? '' : pathname)
}
