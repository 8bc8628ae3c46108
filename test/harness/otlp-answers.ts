import type { Encoding, Signal, Telemetry } from '../../src/receiver/decode-export.ts'

interface PartialSuccess {
  readonly signal: Signal
  readonly encoding: Encoding
  readonly rejected: number
  readonly message: string
}

/** The answer of a collector that took a request but not all of what was in it; the three signals have one shape. */
export function describePartialSuccess({ signal, encoding, rejected, message }: PartialSuccess): Buffer {
  if (encoding === 'json') {
    // 64-bit numbers are strings in JSON, as the specification of Protocol Buffers has it.
    const partialSuccess = { [rejectedNames[signal]]: String(rejected), errorMessage: message }
    return Buffer.from(JSON.stringify({ partialSuccess }))
  }
  return bytesField(1, Buffer.concat([Buffer.from([1 << 3]), varint(rejected), bytesField(2, Buffer.from(message))]))
}

const rejectedNames = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' }

/** `google.rpc.Status`: the body of a refusal, as the specification of OTLP/HTTP wants it. */
export function describeStatus(encoding: Encoding, message: string): Buffer {
  return encoding === 'json' ? Buffer.from(JSON.stringify({ message })) : bytesField(2, Buffer.from(message))
}

/** A third of the records, and one at least, is not to the collector's taste. Metrics count data points. */
export function splitTelemetry({ spans = [], logs = [], metrics = [] }: Telemetry): {
  taken: Telemetry
  rejected: number
} {
  const points = metrics.flatMap(metric => metric.points.map(point => ({ ...metric, points: [point] })))
  const taken = { spans: rest(spans), logs: rest(logs), metrics: rest(points) }
  const count = (telemetry: Required<Telemetry>) =>
    telemetry.spans.length + telemetry.logs.length + telemetry.metrics.length
  return { taken, rejected: count({ spans, logs, metrics: points }) - count(taken) }
}

function rest<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(Math.ceil(items.length / 3))
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >>> 7)])
}
