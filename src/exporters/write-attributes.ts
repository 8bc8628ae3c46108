import type { AnyValue, Attributes } from '@opentelemetry/api'
import { ProtobufWriter } from './protobuf-writer.ts'

/** Fields of `opentelemetry.proto.common.v1`, with their wire types. */
const keyValue = { key: 0x0a, value: 0x12 } as const
const anyValue = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21, array: 0x2a, map: 0x32, bytes: 0x3a } as const
const item = 0x0a

/** Names of attributes are few and come in every record: each is put into bytes once, the tag of the value behind it. */
const keys = new Map<string, Uint8Array>()
const mostKeys = 1000

export function writeAttributes(writer: ProtobufWriter, tag: number, attributes: Attributes): void {
  for (const key of Object.keys(attributes)) {
    const pair = writer.open(tag)
    writer.ready(keys.get(key) ?? encodeKey(key))
    writeAnyValue(writer, keyValue.value, attributes[key])
    writer.close(pair)
  }
}

const keyWriter = new ProtobufWriter()

function encodeKey(key: string): Uint8Array {
  keyWriter.string(keyValue.key, key)
  const bytes = keyWriter.take()
  if (keys.size < mostKeys) keys.set(key, bytes)
  return bytes
}

export function writeAnyValue(writer: ProtobufWriter, tag: number, value: AnyValue): void {
  const start = writer.open(tag)
  if (typeof value === 'string') writer.string(anyValue.string, value)
  else if (typeof value === 'number') writeNumber(writer, value)
  else if (typeof value === 'boolean') writer.uint32(anyValue.bool, Number(value))
  else if (typeof value === 'object' && value !== null) writeObject(writer, value)
  writer.close(start)
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) writer.int64(anyValue.int, value)
  else writer.double(anyValue.double, value)
}

function writeObject(writer: ProtobufWriter, value: object): void {
  if (value instanceof Uint8Array) return writer.block(anyValue.bytes, value)
  if (Array.isArray(value)) {
    const array = writer.open(anyValue.array)
    for (const element of value as readonly AnyValue[]) writeAnyValue(writer, item, element)
    writer.close(array)
  } else {
    const map = writer.open(anyValue.map)
    writeAttributes(writer, item, value as Attributes)
    writer.close(map)
  }
}
