/** What arrived is not OTLP. The message says why. */
export class MalformedError extends Error {
  override name = 'MalformedError'
}

/** Walks over the wire format of Protocol Buffers: https://protobuf.dev/programming-guides/encoding */
export class Cursor {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  take(length: number): Buffer {
    const end = this.#position + length
    if (end > this.#bytes.length) throw new MalformedError(`the message ends before byte ${end}`)
    const taken = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return taken
  }

  /** Bytes after their own length: strings, messages, packed lists. */
  block(): Buffer {
    return this.take(this.small())
  }

  /** A varint that is certain to be small: tags, lengths, enums. */
  small(): number {
    const byte = this.#bytes[this.#position]
    if (byte === undefined || byte > 127) return Number(this.varint())
    this.#position += 1
    return byte
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(1).readUInt8()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw new MalformedError('a number is longer than ten bytes')
  }

  skip(wire: number): void {
    const width = { 0: () => this.varint(), 1: () => this.take(8), 2: () => this.block(), 5: () => this.take(4) }[wire]
    if (!width) throw new MalformedError(`wire type ${wire} does not occur in OTLP`)
    width()
  }
}
