import type { Attributes } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ProtobufWriter } from './protobuf-writer.ts'
import { writeAttributes } from './write-attributes.ts'

/** Fields that the requests of spans and of log records share. */
const field = { ofResource: 0x0a, resource: 0x0a, ofScope: 0x12, scope: 0x0a, record: 0x12, schemaUrl: 0x1a } as const
const resourceField = { attributes: 0x0a, droppedAttributes: 0x10 } as const
const scopeField = { name: 0x0a, version: 0x12, attributes: 0x1a, droppedAttributes: 0x20 } as const

interface Scoped {
  readonly resource: Resource
  readonly instrumentationScope: Scope
}

/** That of a logger has attributes. */
type Scope = InstrumentationScope & { readonly attributes?: Attributes; readonly droppedAttributesCount?: number }

/** A request with all records, each under its scope, and that under its resource. */
export function writeByScope<Entry extends Scoped>(
  writer: ProtobufWriter,
  records: readonly Entry[],
  writeRecord: (writer: ProtobufWriter, tag: number, record: Entry) => void,
): Uint8Array {
  writer.reset() // one that threw has left its beginning
  for (const [resource, scopes] of group(records)) {
    const ofResource = writer.open(field.ofResource)
    writeResource(writer, resource)
    for (const [scope, ofScope] of scopes) {
      const start = writer.open(field.ofScope)
      writeScope(writer, scope)
      for (const record of ofScope) writeRecord(writer, field.record, record)
      if (scope.schemaUrl) writer.string(field.schemaUrl, scope.schemaUrl)
      writer.close(start)
    }
    if (resource.schemaUrl) writer.string(field.schemaUrl, resource.schemaUrl)
    writer.close(ofResource)
  }
  return writer.take()
}

type Groups<Entry> = ReadonlyMap<Resource, ReadonlyMap<Scope, readonly Entry[]>>

function group<Entry extends Scoped>(records: readonly Entry[]): Groups<Entry> {
  const groups = new Map<Resource, Map<Scope, Entry[]>>()
  for (const record of records) {
    let scopes = groups.get(record.resource)
    if (scopes === undefined) groups.set(record.resource, (scopes = new Map()))
    const same = scopes.get(record.instrumentationScope)
    if (same === undefined) scopes.set(record.instrumentationScope, [record])
    else same.push(record)
  }
  return groups
}

function writeResource(writer: ProtobufWriter, { attributes }: Resource): void {
  const start = writer.open(field.resource)
  writeAttributes(writer, resourceField.attributes, attributes)
  writer.uint32(resourceField.droppedAttributes, 0)
  writer.close(start)
}

function writeScope(writer: ProtobufWriter, scope: Scope): void {
  const start = writer.open(field.scope)
  writer.string(scopeField.name, scope.name)
  if (scope.version) writer.string(scopeField.version, scope.version)
  if (scope.attributes) writeAttributes(writer, scopeField.attributes, scope.attributes)
  if (scope.droppedAttributesCount) writer.uint32(scopeField.droppedAttributes, scope.droppedAttributesCount)
  writer.close(start)
}
