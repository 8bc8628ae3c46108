/** Is given bytes wherever it has none left. */
export type Reading<Result = void> = Generator<void, Result, Buffer>

/** What has come and has not been read. */
export interface ByteSource {
  /** At least one byte, and at most so many. */
  some(most: number): Reading<Buffer>
  /** Goes past the next byte where it is one of these. */
  skip(letters: string): Reading<boolean>
  /** With its end, or the beginning of one that has more bytes than that. */
  line(maxBytes: number): Reading<string>
  isEmpty(): boolean
}

export function createByteSource(): ByteSource {
  let chunk: Buffer = Buffer.alloc(0)

  function* fill(): Reading {
    while (chunk.length === 0) chunk = yield
  }

  function take(bytes: number): Buffer {
    const taken = chunk.subarray(0, bytes)
    chunk = chunk.subarray(taken.length)
    return taken
  }

  return {
    *some(most) {
      yield* fill()
      return take(most)
    },
    *skip(letters) {
      yield* fill()
      const isOne = letters.includes(String.fromCharCode(chunk[0]!))
      if (isOne) take(1)
      return isOne
    },
    *line(maxBytes) {
      let text = ''
      while (!text.endsWith('\n') && text.length <= maxBytes) {
        yield* fill()
        const end = chunk.indexOf('\n')
        text += take(end === -1 ? chunk.length : end + 1).toString('latin1')
      }
      return text
    },
    isEmpty: () => chunk.length === 0,
  }
}
