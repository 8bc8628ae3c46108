/**
 * Writes Protocol Buffers in one pass into a buffer that it keeps: what has to precede a message, its length, is put in
 * when the message is whole. The SDK's serialisers walk over everything twice, and cost five times as much.
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafeSlow(16_384)
  #at = 0

  /** What has been written since the last `take()`, as bytes of its own. */
  take(): Uint8Array {
    const taken = Buffer.allocUnsafeSlow(this.#at)
    this.#bytes.copy(taken, 0, 0, this.#at)
    this.reset()
    return taken
  }

  /** Forgets what has been written; a buffer that one large message has made large is given back. */
  reset(): void {
    this.#at = 0
    if (this.#bytes.length > largestKept) this.#bytes = Buffer.allocUnsafeSlow(16_384)
  }

  /** Begins a message, or whatever else has a length. `close()` takes what this gives. */
  open(tag: number): number {
    this.#reserve(3)
    this.#tag(tag)
    return ++this.#at
  }

  close(start: number): void {
    const length = this.#at - start
    if (length < 128) {
      this.#bytes[start - 1] = length
      return
    }
    const more = varintSize(length) - 1
    this.#reserve(more)
    this.#bytes.copyWithin(start + more, start, this.#at)
    this.#at = start - 1
    this.#varint(length)
    this.#at += length
  }

  uint32(tag: number, value: number): void {
    this.#reserve(12)
    this.#tag(tag)
    this.#varint(value >>> 0)
  }

  /** Any whole number that fits. */
  int64(tag: number, value: number): void {
    this.#reserve(12)
    this.#tag(tag)
    if (value >= 0 && value <= 0xff_ff_ff_ff) this.#varint(value)
    else this.#varint64(value)
  }

  double(tag: number, value: number): void {
    this.#reserve(10)
    this.#tag(tag)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  fixed32(tag: number, value: number): void {
    this.#reserve(6)
    this.#tag(tag)
    this.#fixed32(value)
  }

  /** Seconds and nanoseconds as nanoseconds, of which there are more than a number can count. */
  time(tag: number, time: readonly [number, number]): void {
    this.#reserve(10)
    this.#tag(tag)
    const seconds = time[0]
    const low = (seconds & 0xff_ff) * 1e9 + time[1]
    // In units of 2^16 ns: this is exact, as is all that is added up here.
    const units = Math.floor(seconds / 0x1_00_00) * 1e9 + Math.floor(low / 0x1_00_00)
    this.#fixed32(((units & 0xff_ff) << 16) | (low & 0xff_ff))
    this.#fixed32(units / 0x1_00_00)
  }

  /** Hexadecimal digits, as bytes. */
  hex(tag: number, digits: string): void {
    const count = digits.length >>> 1
    this.#reserve(count + 7)
    this.#tag(tag)
    this.#varint(count)
    const bytes = this.#bytes
    let at = this.#at
    for (let index = 0; index < count * 2; index += 2) {
      bytes[at++] = (nibbles[digits.charCodeAt(index)]! << 4) | nibbles[digits.charCodeAt(index + 1)]!
    }
    this.#at = at
  }

  block(tag: number, content: Uint8Array): void {
    this.#reserve(content.length + 7)
    this.#tag(tag)
    this.#varint(content.length)
    this.#bytes.set(content, this.#at)
    this.#at += content.length
  }

  /** Bytes that were put together before, tags and all. */
  ready(content: Uint8Array): void {
    this.#reserve(content.length)
    this.#bytes.set(content, this.#at)
    this.#at += content.length
  }

  string(tag: number, text: string): void {
    // What is no string has no length that a buffer could be asked to hold.
    const value = typeof text === 'string' ? text : ''
    this.#reserve(value.length * 3 + 7)
    this.#tag(tag)
    if (value.length <= shortText && this.#ascii(value)) return
    const reserved = varintSize(value.length)
    const start = this.#at + reserved
    const length = this.#bytes.write(value, start)
    const needed = varintSize(length)
    if (needed !== reserved) this.#bytes.copyWithin(start + needed - reserved, start, start + length)
    this.#varint(length)
    this.#at += length
  }

  /** False, with nothing written, where it is not. For few characters this is cheaper than to ask the buffer. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = text.length
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > 127) return false
      bytes[at++] = code
    }
    this.#at = at
    return true
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + size))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }

  #tag(tag: number): void {
    if (tag < 128) this.#bytes[this.#at++] = tag
    else this.#varint(tag)
  }

  #varint(value: number): void {
    let rest = value >>> 0
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#at++] = rest
  }

  #varint64(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 127n) {
      this.#bytes[this.#at++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.#bytes[this.#at++] = Number(rest)
  }

  #fixed32(value: number): void {
    const bytes = this.#bytes
    const at = this.#at
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
    this.#at = at + 4
  }
}

const largestKept = 1 << 20
const shortText = 12

const nibbles = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0)

function varintSize(length: number): number {
  return length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : length < 268_435_456 ? 4 : 5
}
