import { MalformedError } from './cursor.ts'
import type { FieldType, Message, MessageName } from './otlp-schema.ts'
import { otlpSchema } from './otlp-schema.ts'
import type { ScalarName } from './scalars.ts'
import { scalars } from './scalars.ts'

/** From parsed JSON. Unknown keys are skipped; throws a MalformedError that names the place where a value is not right. */
export function decodeJson<Name extends MessageName>(name: Name, json: unknown, place: string = name): Message<Name> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new MalformedError(`${place}: expected an object`)
  }
  const message: Record<string, unknown> = {}
  for (const [field, [, type]] of Object.entries(otlpSchema[name]) as [string, Row][]) {
    const value = (json as Record<string, unknown>)[field]
    const here = `${place}.${field}`
    if (typeof type !== 'string') message[field] = decodeList(type[0], value ?? [], here)
    else if (value !== undefined && value !== null) message[field] = decodeValue(type, value, here)
  }
  return message as Message<Name>
}

type Row = readonly [number, FieldType | readonly [FieldType]]

function decodeList(type: FieldType, json: unknown, place: string): unknown[] {
  if (!Array.isArray(json)) throw new MalformedError(`${place}: expected a list`)
  return json.map((value, index) => decodeValue(type, value, `${place}[${index}]`))
}

function decodeValue(type: FieldType, json: unknown, place: string): unknown {
  if (!(type in scalars)) return decodeJson(type as MessageName, json, place)
  try {
    return scalars[type as ScalarName].parse(json)
  } catch (error) {
    throw new MalformedError(`${place}: ${(error as Error).message}`)
  }
}
