import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** What is read and searched at a time takes a fraction of a millisecond. */
const chunkBytes = 256 * 1024

/** Finds words in a file of at least `minBytes`, a chunk at each step. What cannot be read, has none. */
export function* searchFile(
  file: string,
  minBytes: number,
  words: readonly string[],
): Generator<void, ReadonlySet<string>> {
  const found = new Set<string>()
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    if (fstatSync(descriptor).size < minBytes) return found
    const overlap = Math.max(...words.map(word => word.length)) // of words that lie across two chunks
    const chunk = Buffer.alloc(overlap + chunkBytes)
    for (let length; (length = readSync(descriptor, chunk, overlap, chunkBytes, null)) > 0;) {
      const text = chunk.subarray(0, overlap + length)
      for (const word of words) if (!found.has(word) && text.includes(word)) found.add(word)
      text.copyWithin(0, length)
      yield
    }
  } catch {
    // the program came by another way than a file
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
  return found
}
