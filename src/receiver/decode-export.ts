import { gunzipSync } from 'node:zlib'
import { MalformedError } from './cursor.ts'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { flattenLogs } from './flatten-logs.ts'
import { flattenMetrics } from './flatten-metrics.ts'
import { flattenSpans } from './flatten-spans.ts'
import type { Message, MessageName } from './otlp-schema.ts'
import type { ReceivedLog, ReceivedMetric, ReceivedSpan } from './received.ts'

/** What one request brought. */
export interface Telemetry {
  readonly spans?: readonly ReceivedSpan[]
  readonly metrics?: readonly ReceivedMetric[]
  readonly logs?: readonly ReceivedLog[]
}

export type Encoding = 'protobuf' | 'json'
export type Signal = keyof typeof decoders

/** Throws an error whose message says what is wrong with the body. */
export function decodeExport(signal: Signal, encoding: Encoding, body: Buffer): Telemetry {
  return decoders[signal](name =>
    encoding === 'protobuf' ? decodeProtobuf(name, body) : decodeJson(name, JSON.parse(body.toString())),
  )
}

/** Undoes a `content-encoding` or `grpc-encoding`. */
export function decompress(body: Buffer, compression = 'identity'): Buffer {
  if (compression === 'identity') return body
  if (compression === 'gzip') return gunzipSync(body)
  throw new MalformedError(`compression ${compression} is not supported, only gzip`)
}

type Decode = <Name extends MessageName>(name: Name) => Message<Name>

const decoders = {
  traces: (decode: Decode): Telemetry => ({ spans: flattenSpans(decode('ExportTraceServiceRequest')) }),
  metrics: (decode: Decode): Telemetry => ({ metrics: flattenMetrics(decode('ExportMetricsServiceRequest')) }),
  logs: (decode: Decode): Telemetry => ({ logs: flattenLogs(decode('ExportLogsServiceRequest')) }),
}
