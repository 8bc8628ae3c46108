import type { Attributes, LogRecord } from '@opentelemetry/api'
import { ATTR_OTEL_EVENT_NAME } from '@opentelemetry/semantic-conventions'
import { toPlain } from './plain-values.ts'

export type LogFields = Record<string, unknown>

/** One line of a logger, as far as we understand it. */
export interface LogLine {
  readonly body: unknown
  readonly severityText: string | undefined
  /** Milliseconds. Default: now. */
  readonly timestamp?: number | undefined
  /** All else that the line says. */
  readonly fields: LogFields
  /** Names under which an error may be among the fields. */
  readonly errorKeys: readonly string[]
}

/** The log record of a line. `ids` is what correlation added to it, which the record says in its own way. */
export function toLogRecord({ body, severityText, timestamp, fields, errorKeys }: LogLine, ids: LogFields): LogRecord {
  const rest = { ...fields }
  for (const [name, id] of Object.entries(ids)) if (rest[name] === id) delete rest[name]
  const exception = takeError(rest, errorKeys) ?? takeSpreadError(rest, body)
  const { [ATTR_OTEL_EVENT_NAME]: eventName } = rest
  if (typeof eventName === 'string') delete rest[ATTR_OTEL_EVENT_NAME]
  return {
    body: toPlain(body),
    attributes: toPlain(rest) as Attributes,
    ...(severityText === undefined ? {} : { severityText }),
    ...(timestamp === undefined ? {} : { timestamp, observedTimestamp: timestamp }),
    ...(exception === undefined ? {} : { exception }),
    ...(typeof eventName === 'string' ? { eventName } : {}),
  }
}

/** What the SDK turns into `exception.type`, `exception.message` and `exception.stacktrace`. */
type LogException = string | number | LogFields

function takeError(fields: LogFields, keys: readonly string[]): LogException | undefined {
  for (const key of keys) {
    const exception = toException(fields[key])
    if (exception === undefined) continue
    delete fields[key]
    if (typeof exception === 'object' && fields['stack'] === exception['stack']) delete fields['stack']
    return exception
  }
  return undefined
}

/** An `Error`, or what a serializer made of one. */
function toException(value: unknown): LogException | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return undefined
  const { name, type, message, stack, code } = value as LogFields
  const exception = { name: name ?? type, message, stack, code }
  return Object.values(exception).some(part => typeof part === 'string') ? exception : undefined
}

/** winston, and pino before 7, spread an error over the line itself: its message is the line's, its stack is a field. */
function takeSpreadError(fields: LogFields, message: unknown): LogException | undefined {
  const { stack } = fields
  if (typeof stack !== 'string') return undefined
  delete fields['stack']
  return { name: /^[\w$.]+(?=:|\n|$)/.exec(stack)?.[0], message, stack }
}
