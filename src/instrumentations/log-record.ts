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
  /** Whether body and fields come out of JSON, and need no making plain. Default: false. */
  readonly isPlain?: boolean
}

/** The log record of a line. `ids` is what correlation added to it, which the record says in its own way. */
export function toLogRecord(line: LogLine, ids: LogFields): LogRecord {
  const { body, severityText, timestamp, fields, isPlain = false } = line
  const error = findError(line)
  const eventName = fields[ATTR_OTEL_EVENT_NAME]
  const attributes: Attributes = {}
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    const isSaidElsewhere =
      name === error?.key || value === error?.stack || (name === ATTR_OTEL_EVENT_NAME && typeof value === 'string')
    if (value === undefined || isSaidElsewhere || ids[name] === value || name === '') continue
    attributes[name] = isPlain ? value : toPlain(value)
  }
  return {
    body: isPlain ? body : toPlain(body),
    attributes,
    ...(severityText === undefined ? {} : { severityText }),
    ...(timestamp === undefined ? {} : { timestamp, observedTimestamp: timestamp }),
    ...(error === undefined ? {} : { exception: error.exception }),
    ...(typeof eventName === 'string' ? { eventName } : {}),
  }
}

interface FoundError {
  /** What the SDK turns into `exception.type`, `exception.message` and `exception.stacktrace`. */
  readonly exception: string | number | LogFields
  /** The field that is the error. */
  readonly key?: string
  readonly stack?: unknown
}

function findError({ fields, errorKeys, body }: LogLine): FoundError | undefined {
  for (const key of errorKeys) {
    const exception = toException(fields[key])
    if (typeof exception === 'object') return { exception, key, stack: exception['stack'] }
    if (exception !== undefined) return { exception, key }
  }
  // winston, and pino before 7, spread an error over the line itself: its message is the line's, its stack is a field.
  const { stack } = fields
  if (typeof stack !== 'string') return undefined
  return { exception: { name: /^[\w$.]+(?=:|\n|$)/.exec(stack)?.[0], message: body, stack }, stack }
}

/** An `Error`, or what a serializer made of one. */
function toException(value: unknown): string | number | LogFields | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return undefined
  const { name, type, message, stack, code } = value as LogFields
  const exception = { name: name ?? type, message, stack, code }
  return Object.values(exception).some(part => typeof part === 'string') ? exception : undefined
}
