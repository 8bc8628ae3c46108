import { type LastPost, startLastPost } from './last-post.ts'
import type { Outcome } from './outcome.ts'
import type { Parcel } from './sender.ts'

/** A request that is to be made while the process ends, and what to do with its outcome. */
export interface LastWord {
  prepare(): Parcel | Outcome
  /** Undefined where the time was over before. */
  settle(outcome: Outcome | undefined): void
}

/**
 * Delivers what is left, and what `collect` adds to it now, while this thread waits: for an end that no promise
 * survives. What is under way is sent once more: a duplicate is better than a loss. The other thread begins with the
 * first request, while the next are being written.
 */
export function sayLastWords(
  deliveries: readonly { takeLastWords(): readonly LastWord[] }[],
  timeoutMs: number,
  collect: () => void,
): void {
  const deadline = performance.now() + timeoutMs
  const left = (): number => deadline - performance.now()
  const posted: (Pick<LastWord, 'settle'> & { readonly parcel: Parcel })[] = []
  let post: LastPost | undefined
  /** What a request takes to be written: one that would end too late is not begun. */
  let longestMs = 0
  collect()
  for (const { prepare, settle } of inTurn(deliveries.map(delivery => delivery.takeLastWords()))) {
    const before = left()
    const content = before > longestMs ? prepare() : undefined
    longestMs = Math.max(longestMs, before - left())
    if (content?.kind === 'parcel') {
      post ??= startLastPost(left())
      post.send(content.target, content.body)
      posted.push({ parcel: content, settle })
    } else settle(content)
  }
  const answers = post?.finish() ?? []
  for (const [index, { parcel, settle }] of posted.entries()) {
    const answer = answers[index]
    settle(answer && parcel.read(answer))
  }
}

/** The first of each, the second of each, and so on: where the time is short, all signals have a part of it. */
function inTurn<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, index) => lists.flatMap(list => list.slice(index, index + 1))).flat()
}
