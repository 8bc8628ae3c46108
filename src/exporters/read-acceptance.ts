import type { Sent } from './outcome.ts'

/** `partial_success` of an OTLP answer: https://opentelemetry.io/docs/specs/otlp/#partial-success */
export interface OtlpResponse {
  readonly partialSuccess?: Readonly<Record<string, unknown>> | null
}

export interface AcceptanceReader {
  /** How the signal calls the number of records that were not taken. */
  readonly rejectedName: string
  readonly fromProtobuf: (body: Uint8Array) => OtlpResponse
}

const openingBrace = 0x7b

/**
 * What a collector says of a request that it took. Some answer a request in protobuf with JSON; what is neither is told
 * and believed: the status said that the request was taken.
 */
export function readAcceptance(body: Uint8Array | undefined, { rejectedName, fromProtobuf }: AcceptanceReader): Sent {
  if (body === undefined || body.length === 0) return { kind: 'sent', rejected: 0 }
  try {
    const isJson = body[0] === openingBrace
    const response = isJson ? (JSON.parse(Buffer.from(body).toString()) as OtlpResponse) : fromProtobuf(body)
    const { [rejectedName]: count, errorMessage } = response.partialSuccess ?? {}
    const rejected = toCount(count)
    const message = typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : undefined
    const words = message ?? (rejected > 0 ? 'the collector rejected a part' : undefined)
    return { kind: 'sent', rejected, ...(words !== undefined && { words }) }
  } catch {
    return { kind: 'sent', rejected: 0, words: 'its answer is not OTLP; is this the address of a collector?' }
  }
}

/** JSON writes 64-bit numbers as strings. What is no number of records is not believed. */
function toCount(value: unknown): number {
  const count = typeof value === 'string' ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 0
}
