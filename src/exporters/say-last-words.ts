import type { Delivery, LastWord } from './delivery.ts'
import { postLastWords } from './post-last-words.ts'
import type { Parcel } from './sender.ts'

interface Unposted extends Pick<LastWord, 'settle'> {
  readonly parcel: Parcel
}

/**
 * Delivers what is left, and what `collect` adds to it now, while this thread waits: for an end that no promise
 * survives. What is under way is sent once more: a duplicate is better than a loss.
 */
export function sayLastWords(
  deliveries: readonly Pick<Delivery<never>, 'takeLastWords'>[],
  timeoutMs: number,
  collect: () => void,
): void {
  const deadline = performance.now() + timeoutMs
  collect()
  const unposted = deliveries
    .map(delivery => delivery.takeLastWords().flatMap(toParcel))
    .filter(({ length }) => length > 0)
  if (unposted.length === 0) return
  const postings = unposted.map(words => ({
    target: words[0]!.parcel.target,
    bodies: words.map(({ parcel }) => parcel.body),
  }))
  const answers = timeoutMs > 0 ? postLastWords(postings, deadline - performance.now()) : []
  for (const [at, words] of unposted.entries()) {
    for (const [index, { parcel, settle }] of words.entries()) {
      const answer = answers[at]?.[index]
      settle(answer && parcel.read(answer))
    }
  }
}

/** What has its outcome already is settled on the spot. */
function toParcel({ content, settle }: LastWord): Unposted[] {
  if (content.kind === 'parcel') return [{ parcel: content, settle }]
  settle(content)
  return []
}
