/** What a collector says about a request that it does not take. */
export interface RpcStatus {
  readonly message: string
  readonly retryAfterMs?: number
}

/**
 * `google.rpc.Status` in protobuf; undefined where it is something else.
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto
 */
export function decodeRpcStatus(bytes: Uint8Array): RpcStatus | undefined {
  try {
    const status = readFields(bytes)
    const details = status.filter(({ field }) => field === 3)
    const retryAfterMs = details.map(detail => readRetryInfo(detail.bytes)).find(pause => pause !== undefined)
    return { message: text(find(status, 2)), ...(retryAfterMs !== undefined && { retryAfterMs }) }
  } catch {
    return undefined
  }
}

/** The pause that a detail of the status (an `Any`) asks for, if it is a `RetryInfo`. */
function readRetryInfo(detail: Uint8Array): number | undefined {
  const any = readFields(detail)
  if (!text(find(any, 1)).endsWith('/google.rpc.RetryInfo')) return undefined
  const delay = find(readFields(find(any, 2)?.bytes ?? new Uint8Array()), 1)
  if (delay === undefined) return undefined
  const duration = readFields(delay.bytes)
  const [seconds, nanos] = [1, 2].map(field => Number(find(duration, field)?.number ?? 0))
  return Math.max(0, seconds! * 1000 + nanos! / 1e6)
}

/** A field holds either bytes or a number; what it does not hold is empty. */
interface Field {
  readonly field: number
  readonly bytes: Uint8Array
  readonly number: bigint
}

function find(fields: readonly Field[], field: number): Field | undefined {
  return fields.findLast(candidate => candidate.field === field)
}

function text(field: Field | undefined): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(field?.bytes)
}

/** The fields of one message. Throws where it is none. https://protobuf.dev/programming-guides/encoding */
function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = []
  let at = 0

  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) break
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new Error('no number')
  }
  function take(length: number): Uint8Array {
    if (length < 0 || at + length > message.length) throw new Error('cut short')
    return message.subarray(at, (at += length))
  }

  const [bytes, number] = [new Uint8Array(), 0n]
  const readers: Partial<Record<number, () => Omit<Field, 'field'>>> = {
    0: () => ({ bytes, number: varint() }),
    1: () => ({ bytes: take(8), number }),
    2: () => ({ bytes: take(Number(varint())), number }),
    5: () => ({ bytes: take(4), number }),
  }
  while (at < message.length) {
    const tag = Number(varint())
    const read = readers[tag & 7]
    if (read === undefined || tag < 8) throw new Error('no field')
    fields.push({ field: tag >>> 3, ...read() })
  }
  return fields
}
