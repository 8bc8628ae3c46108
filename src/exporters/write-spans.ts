import type { Link, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import { ProtobufWriter } from './protobuf-writer.ts'
import { writeAttributes } from './write-attributes.ts'
import { writeByScope } from './write-by-scope.ts'

/** Fields of `opentelemetry.proto.trace.v1.Span`, with their wire types. */
const spanField = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attributes: 0x4a,
  droppedAttributes: 0x50,
  events: 0x5a,
  droppedEvents: 0x60,
  links: 0x6a,
  droppedLinks: 0x70,
  status: 0x7a,
  flags: 0x85,
} as const
const eventField = { time: 0x09, name: 0x12, attributes: 0x1a, droppedAttributes: 0x20 } as const
const linkField = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  attributes: 0x22,
  droppedAttributes: 0x28,
  flags: 0x35,
} as const
const statusField = { message: 0x12, code: 0x18 } as const

const writer = new ProtobufWriter()

/** An `ExportTraceServiceRequest`: to the byte what the SDK's serialiser gives. */
export function writeSpans(spans: readonly ReadableSpan[]): Uint8Array {
  return writeByScope(writer, spans, writeSpan)
}

function writeSpan(writer: ProtobufWriter, tag: number, span: ReadableSpan): void {
  const start = writer.open(tag)
  const context = span.spanContext()
  const parent = span.parentSpanContext
  writer.hex(spanField.traceId, context.traceId)
  writer.hex(spanField.spanId, context.spanId)
  writeTraceState(writer, spanField.traceState, context)
  if (parent?.spanId) writer.hex(spanField.parentSpanId, parent.spanId)
  writer.string(spanField.name, span.name)
  writer.uint32(spanField.kind, span.kind + 1)
  writer.time(spanField.start, span.startTime)
  writer.time(spanField.end, span.endTime)
  writeAttributes(writer, spanField.attributes, span.attributes)
  writer.uint32(spanField.droppedAttributes, span.droppedAttributesCount)
  for (const event of span.events) writeEvent(writer, event)
  writer.uint32(spanField.droppedEvents, span.droppedEventsCount)
  for (const link of span.links) writeLink(writer, link)
  writer.uint32(spanField.droppedLinks, span.droppedLinksCount)
  writeStatus(writer, span.status)
  writer.fixed32(spanField.flags, flagsOf(context.traceFlags, parent))
  writer.close(start)
}

function writeEvent(writer: ProtobufWriter, event: TimedEvent): void {
  const start = writer.open(spanField.events)
  writer.time(eventField.time, event.time)
  writer.string(eventField.name, event.name)
  if (event.attributes) writeAttributes(writer, eventField.attributes, event.attributes)
  writer.uint32(eventField.droppedAttributes, event.droppedAttributesCount ?? 0)
  writer.close(start)
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount = 0 }: Link): void {
  const start = writer.open(spanField.links)
  writer.hex(linkField.traceId, context.traceId)
  writer.hex(linkField.spanId, context.spanId)
  writeTraceState(writer, linkField.traceState, context)
  if (attributes) writeAttributes(writer, linkField.attributes, attributes)
  writer.uint32(linkField.droppedAttributes, droppedAttributesCount)
  writer.fixed32(linkField.flags, flagsOf(context.traceFlags, context))
  writer.close(start)
}

function writeTraceState(writer: ProtobufWriter, tag: number, { traceState }: SpanContext): void {
  const text = traceState?.serialize()
  if (text) writer.string(tag, text)
}

function writeStatus(writer: ProtobufWriter, { code, message }: ReadableSpan['status']): void {
  const start = writer.open(spanField.status)
  if (message) writer.string(statusField.message, message)
  writer.uint32(statusField.code, code)
  writer.close(start)
}

/** Whether the one that is referred to belongs to another process is said, and that this is known. */
function flagsOf(traceFlags: number, referred: SpanContext | undefined): number {
  return (traceFlags & 0xff) | 0x1_00 | (referred?.isRemote ? 0x2_00 : 0)
}
