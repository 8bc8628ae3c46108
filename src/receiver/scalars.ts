import type { Cursor } from './cursor.ts'
import { MalformedError } from './cursor.ts'

/**
 * The types that OTLP's fields are made of: how each is read from Protocol Buffers (after a tag with this wire type)
 * and from JSON, where ids are hexadecimal and 64-bit numbers may be strings.
 */
export const scalars = {
  string: { wire: 2, read: cursor => cursor.block().toString(), parse: parseString },
  hex: { wire: 2, read: cursor => cursor.block().toString('hex'), parse: parseHex },
  bytes: {
    wire: 2,
    read: cursor => new Uint8Array(cursor.block()),
    parse: json => new Uint8Array(Buffer.from(parseString(json), 'base64')),
  },
  bool: { wire: 0, read: cursor => cursor.varint() !== 0n, parse: parseBoolean },
  uint32: { wire: 0, read: cursor => cursor.small(), parse: parseNumber },
  sint32: { wire: 0, read: readZigzag, parse: parseNumber },
  uint64: { wire: 0, read: cursor => cursor.varint(), parse: parseBigint },
  int64: { wire: 0, read: cursor => BigInt.asIntN(64, cursor.varint()), parse: parseBigint },
  fixed64: { wire: 1, read: cursor => cursor.take(8).readBigUInt64LE(), parse: parseBigint },
  sfixed64: { wire: 1, read: cursor => cursor.take(8).readBigInt64LE(), parse: parseBigint },
  double: { wire: 1, read: cursor => cursor.take(8).readDoubleLE(), parse: parseNumber },
} satisfies Record<string, ScalarType>

interface ScalarType {
  readonly wire: number
  read(cursor: Cursor): unknown
  parse(json: unknown): unknown
}

export type ScalarName = keyof typeof scalars
export type Scalar<Name extends ScalarName> = ReturnType<(typeof scalars)[Name]['read']>

function readZigzag(cursor: Cursor): number {
  const value = Number(BigInt.asUintN(32, cursor.varint()))
  return (value >>> 1) ^ -(value & 1)
}

function parseString(json: unknown): string {
  return typeof json === 'string' ? json : refuse('a string', json)
}

function parseHex(json: unknown): string {
  const text = parseString(json)
  return /^(?:[0-9a-f]{2})*$/i.test(text) ? text.toLowerCase() : refuse('hexadecimal digits', json)
}

function parseBoolean(json: unknown): boolean {
  return typeof json === 'boolean' ? json : refuse('true or false', json)
}

/** JSON has no words for what is not finite: those come as the strings 'NaN', 'Infinity' and '-Infinity'. */
function parseNumber(json: unknown): number {
  if (typeof json === 'number') return json
  if (json === 'NaN') return NaN
  const value = typeof json === 'string' && json.trim() !== '' ? Number(json) : NaN
  return Number.isNaN(value) ? refuse('a number', json) : value
}

function parseBigint(json: unknown): bigint {
  const text = String(json)
  if (typeof json === 'number' && Number.isInteger(json)) return BigInt(json)
  return typeof json === 'string' && /^-?\d+$/.test(text) ? BigInt(text) : refuse('a whole number', json)
}

function refuse(expected: string, json: unknown): never {
  throw new MalformedError(`expected ${expected}, got ${JSON.stringify(json).slice(0, 80)}`)
}
