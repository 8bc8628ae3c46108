import type { Scalar, ScalarName } from './scalars.ts'

/**
 * OTLP 1.x as a table: message, field, [number on the wire, type]; a type in brackets is a list.
 * Only what is shown to people is named: whatever is missing here is skipped, as Protocol Buffers want it.
 * Fields carry the names of OTLP's JSON, so that one table reads both encodings.
 *
 * https://github.com/open-telemetry/opentelemetry-proto
 */
export const otlpSchema = {
  ExportTraceServiceRequest: { resourceSpans: [1, ['ResourceSpans']] },
  ExportMetricsServiceRequest: { resourceMetrics: [1, ['ResourceMetrics']] },
  ExportLogsServiceRequest: { resourceLogs: [1, ['ResourceLogs']] },

  AnyValue: {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, 'ArrayValue'],
    kvlistValue: [6, 'KeyValueList'],
    bytesValue: [7, 'bytes'],
  },
  ArrayValue: { values: [1, ['AnyValue']] },
  KeyValueList: { values: [1, ['KeyValue']] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  InstrumentationScope: { name: [1, 'string'], version: [2, 'string'], attributes: [3, ['KeyValue']] },
  Resource: { attributes: [1, ['KeyValue']] },

  ResourceSpans: { resource: [1, 'Resource'], scopeSpans: [2, ['ScopeSpans']] },
  ScopeSpans: { scope: [1, 'InstrumentationScope'], spans: [2, ['Span']] },
  Span: {
    traceId: [1, 'hex'],
    spanId: [2, 'hex'],
    traceState: [3, 'string'],
    parentSpanId: [4, 'hex'],
    name: [5, 'string'],
    kind: [6, 'uint32'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, ['KeyValue']],
    events: [11, ['Event']],
    links: [13, ['Link']],
    status: [15, 'Status'],
  },
  Event: { timeUnixNano: [1, 'fixed64'], name: [2, 'string'], attributes: [3, ['KeyValue']] },
  Link: { traceId: [1, 'hex'], spanId: [2, 'hex'], traceState: [3, 'string'], attributes: [4, ['KeyValue']] },
  Status: { message: [2, 'string'], code: [3, 'uint32'] },

  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, ['ScopeMetrics']] },
  ScopeMetrics: { scope: [1, 'InstrumentationScope'], metrics: [2, ['Metric']] },
  Metric: {
    name: [1, 'string'],
    description: [2, 'string'],
    unit: [3, 'string'],
    gauge: [5, 'Gauge'],
    sum: [7, 'Sum'],
    histogram: [9, 'Histogram'],
    exponentialHistogram: [10, 'ExponentialHistogram'],
    summary: [11, 'Summary'],
  },
  Gauge: { dataPoints: [1, ['NumberDataPoint']] },
  Sum: { dataPoints: [1, ['NumberDataPoint']], aggregationTemporality: [2, 'uint32'], isMonotonic: [3, 'bool'] },
  Histogram: { dataPoints: [1, ['HistogramDataPoint']], aggregationTemporality: [2, 'uint32'] },
  ExponentialHistogram: { dataPoints: [1, ['ExponentialHistogramDataPoint']], aggregationTemporality: [2, 'uint32'] },
  Summary: { dataPoints: [1, ['SummaryDataPoint']] },
  NumberDataPoint: {
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    asDouble: [4, 'double'],
    exemplars: [5, ['Exemplar']],
    asInt: [6, 'sfixed64'],
    attributes: [7, ['KeyValue']],
  },
  HistogramDataPoint: {
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    bucketCounts: [6, ['fixed64']],
    explicitBounds: [7, ['double']],
    exemplars: [8, ['Exemplar']],
    attributes: [9, ['KeyValue']],
    min: [11, 'double'],
    max: [12, 'double'],
  },
  ExponentialHistogramDataPoint: {
    attributes: [1, ['KeyValue']],
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, 'Buckets'],
    negative: [9, 'Buckets'],
    exemplars: [11, ['Exemplar']],
    min: [12, 'double'],
    max: [13, 'double'],
  },
  Buckets: { offset: [1, 'sint32'], bucketCounts: [2, ['uint64']] },
  SummaryDataPoint: {
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    quantileValues: [6, ['ValueAtQuantile']],
    attributes: [7, ['KeyValue']],
  },
  ValueAtQuantile: { quantile: [1, 'double'], value: [2, 'double'] },
  Exemplar: {
    timeUnixNano: [2, 'fixed64'],
    asDouble: [3, 'double'],
    spanId: [4, 'hex'],
    traceId: [5, 'hex'],
    asInt: [6, 'sfixed64'],
    filteredAttributes: [7, ['KeyValue']],
  },

  ResourceLogs: { resource: [1, 'Resource'], scopeLogs: [2, ['ScopeLogs']] },
  ScopeLogs: { scope: [1, 'InstrumentationScope'], logRecords: [2, ['LogRecord']] },
  LogRecord: {
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'uint32'],
    severityText: [3, 'string'],
    body: [5, 'AnyValue'],
    attributes: [6, ['KeyValue']],
    traceId: [9, 'hex'],
    spanId: [10, 'hex'],
    observedTimeUnixNano: [11, 'fixed64'],
    eventName: [12, 'string'],
  },
} as const

type Schema = typeof otlpSchema
export type MessageName = keyof Schema
export type FieldType = ScalarName | MessageName

type Value<Type> = Type extends ScalarName ? Scalar<Type> : Type extends MessageName ? Message<Type> : never
type Fields<Name extends MessageName> = Schema[Name]

/** A decoded message. Lists are always there, perhaps empty; everything else only where it was sent. */
export type Message<Name extends MessageName> = {
  -readonly [Field in keyof Fields<Name> as IsList<Fields<Name>[Field]> extends true ? Field : never]: Value<
    ListOf<Fields<Name>[Field]>
  >[]
} & {
  -readonly [Field in keyof Fields<Name> as IsList<Fields<Name>[Field]> extends true ? never : Field]?: Value<
    TypeOf<Fields<Name>[Field]>
  >
}
type TypeOf<Row> = Row extends readonly [number, infer Type] ? Type : never
type ListOf<Row> = TypeOf<Row> extends readonly [infer Type] ? Type : never
type IsList<Row> = TypeOf<Row> extends readonly [unknown] ? true : false
