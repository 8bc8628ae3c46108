import { Cursor, MalformedError } from './cursor.ts'
import type { FieldType, Message, MessageName } from './otlp-schema.ts'
import { otlpSchema } from './otlp-schema.ts'
import type { ScalarName } from './scalars.ts'
import { scalars } from './scalars.ts'

interface Field {
  readonly name: string
  readonly type: FieldType
  readonly isList: boolean
}

/** Unknown fields are skipped. Throws a MalformedError where the bytes are not Protocol Buffers. */
export function decodeProtobuf<Name extends MessageName>(name: Name, bytes: Buffer): Message<Name> {
  const cursor = new Cursor(bytes)
  const fields = fieldsByNumber[name]
  const message: Record<string, unknown> = {}
  for (const field of fields.values()) if (field.isList) message[field.name] = []

  while (!cursor.atEnd) {
    const tag = cursor.small()
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    if (number === 0) throw new MalformedError('field number 0')
    const field = fields.get(number)
    if (!field || !readField(field, wire, cursor, message)) cursor.skip(wire)
  }
  return message as Message<Name>
}

/** False, with nothing read, where the wire type is not the field's. */
function readField(field: Field, wire: number, cursor: Cursor, message: Record<string, unknown>): boolean {
  const { name, type, isList } = field
  const list = message[name] as unknown[]
  const ownWire = isScalar(type) ? scalars[type].wire : 2
  if (wire === ownWire) {
    const value = readValue(type, cursor)
    if (isList) list.push(value)
    else message[name] = value
    return true
  }
  if (!isList || wire !== 2) return false
  const packed = new Cursor(cursor.block())
  while (!packed.atEnd) list.push(readValue(type, packed))
  return true
}

function readValue(type: FieldType, cursor: Cursor): unknown {
  return isScalar(type) ? scalars[type].read(cursor) : decodeProtobuf(type, cursor.block())
}

function isScalar(type: FieldType): type is ScalarName {
  return type in scalars
}

type Row = readonly [number, FieldType | readonly [FieldType]]

function describeField([name, [number, type]]: [string, Row]): [number, Field] {
  return [number, typeof type === 'string' ? { name, type, isList: false } : { name, type: type[0], isList: true }]
}

const fieldsByNumber = Object.fromEntries(
  Object.entries<Record<string, Row>>(otlpSchema).map(([message, fields]) => [
    message,
    new Map(Object.entries(fields).map(describeField)) as ReadonlyMap<number, Field>,
  ]),
) as Record<MessageName, ReadonlyMap<number, Field>>
