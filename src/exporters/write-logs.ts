import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { ProtobufWriter } from './protobuf-writer.ts'
import { writeAnyValue, writeAttributes } from './write-attributes.ts'
import { writeByScope } from './write-by-scope.ts'

/** Fields of `opentelemetry.proto.logs.v1.LogRecord`, with their wire types. */
const field = {
  time: 0x09,
  severityNumber: 0x10,
  severityText: 0x1a,
  body: 0x2a,
  attributes: 0x32,
  droppedAttributes: 0x38,
  flags: 0x45,
  traceId: 0x4a,
  spanId: 0x52,
  observedTime: 0x59,
  eventName: 0x62,
} as const

const writer = new ProtobufWriter()

/** An `ExportLogsServiceRequest`: to the byte what the SDK's serialiser gives. */
export function writeLogs(records: readonly ReadableLogRecord[]): Uint8Array {
  return writeByScope(writer, records, writeLog)
}

function writeLog(writer: ProtobufWriter, tag: number, record: ReadableLogRecord): void {
  const { severityNumber, severityText, body, spanContext, eventName } = record
  const start = writer.open(tag)
  writer.time(field.time, record.hrTime)
  if (severityNumber) writer.uint32(field.severityNumber, severityNumber)
  if (severityText) writer.string(field.severityText, severityText)
  if (body !== undefined) writeAnyValue(writer, field.body, body)
  writeAttributes(writer, field.attributes, record.attributes)
  writer.uint32(field.droppedAttributes, record.droppedAttributesCount)
  if (spanContext?.traceFlags) writer.fixed32(field.flags, spanContext.traceFlags)
  if (spanContext?.traceId) writer.hex(field.traceId, spanContext.traceId)
  if (spanContext?.spanId) writer.hex(field.spanId, spanContext.spanId)
  writer.time(field.observedTime, record.hrTimeObserved)
  if (eventName) writer.string(field.eventName, eventName)
  writer.close(start)
}
