import type { IdGenerator } from '@opentelemetry/sdk-trace'

/** As random as the SDK's ids, and made without a buffer, in half the time. */
export function createIds(): IdGenerator {
  const trace = Array<number>(32).fill(0)
  const span = Array<number>(16).fill(0)
  return { generateTraceId: () => draw(trace), generateSpanId: () => draw(span) }
}

const digits = Array.from('0123456789abcdef', digit => digit.codePointAt(0)!)

function draw(codes: number[]): string {
  let isZero = true
  for (let index = 0; index < codes.length;) {
    let word = (Math.random() * 0x1_00_00_00_00) >>> 0
    if (word !== 0) isZero = false
    for (const end = index + 8; index < end; index++) {
      codes[index] = digits[word & 15]!
      word >>>= 4
    }
  }
  return isZero ? draw(codes) : String.fromCharCode.apply(undefined, codes) // zero is no id
}
