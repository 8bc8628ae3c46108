import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { otlpSchema } from '../../src/receiver/otlp-schema.ts'
import { loadOfficialOtlp } from './official-otlp.ts'

const official = collectTypes(loadOfficialOtlp())

/** Ours say how a value is shown; this is what the definitions call them. */
const officialNames: Record<string, string[]> = { hex: ['bytes'], uint32: ['uint32', 'enum'] }

/** Younger than the definitions at hand: LogRecord.event_name came with OTLP 1.6. */
const younger = new Set(['LogRecord.eventName'])

const rows = Object.entries(otlpSchema).flatMap(([message, fields]) =>
  Object.entries(fields).map(([field, [number, type]]) => ({
    message,
    field,
    number,
    type: type as string | [string],
  })),
)

describe('every row of the OTLP table says what the official definitions say', () => {
  test.for(rows.filter(({ message, field }) => !younger.has(`${message}.${field}`)))(
    '$message.$field',
    ({ message, field, number, type }) => {
      const definition = official.get(message)?.fields[field]
      const ourType = typeof type === 'string' ? type : type[0]
      expect(definition?.id).toBe(number)
      expect(definition?.repeated).toBe(typeof type !== 'string')
      expect(officialNames[ourType] ?? [ourType]).toContain(nameOfType(definition))
    },
  )
})

function nameOfType(field: protobuf.Field | undefined): string | undefined {
  if (field?.resolvedType instanceof protobuf.Enum) return 'enum'
  return field?.resolvedType?.name ?? field?.type
}

function collectTypes(namespace: protobuf.NamespaceBase): Map<string, protobuf.Type> {
  const own: [string, protobuf.Type][] = namespace instanceof protobuf.Type ? [[namespace.name, namespace]] : []
  const nested = namespace.nestedArray.filter(object => object instanceof protobuf.Namespace)
  return new Map([...own, ...nested.flatMap(object => [...collectTypes(object)])])
}
