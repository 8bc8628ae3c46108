import type { Sent } from './outcome.ts'

/** `partial_success` of an OTLP answer: https://opentelemetry.io/docs/specs/otlp/#partial-success */
export interface OtlpResponse {
  readonly partialSuccess?: { readonly errorMessage?: string | undefined; readonly [rejectedCount: string]: unknown }
}

const openingBrace = 0x7b

/**
 * What a collector says of a request that it took. Some answer a request in protobuf with JSON; what is neither is told
 * and believed: the status said that the request was taken.
 */
export function readAcceptance(body: Uint8Array | undefined, fromProtobuf: (body: Uint8Array) => OtlpResponse): Sent {
  if (body === undefined || body.length === 0) return { kind: 'sent', rejected: 0 }
  try {
    const isJson = body[0] === openingBrace
    const { partialSuccess } = isJson ? (JSON.parse(Buffer.from(body).toString()) as OtlpResponse) : fromProtobuf(body)
    if (partialSuccess === undefined || partialSuccess === null) return { kind: 'sent', rejected: 0 }
    const { errorMessage, ...counts } = partialSuccess
    const rejected = Number(Object.values(counts)[0] ?? 0) // JSON writes 64-bit numbers as strings
    const words = errorMessage || (rejected > 0 ? 'the collector rejected a part' : undefined)
    return { kind: 'sent', rejected: rejected > 0 ? rejected : 0, ...(words !== undefined && { words }) }
  } catch {
    return { kind: 'sent', rejected: 0, words: 'its answer is not OTLP; is this the address of a collector?' }
  }
}
