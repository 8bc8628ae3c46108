/** A value of an attribute or a log body. Whole numbers beyond 2^53 come as `bigint`, an empty value as `null`. */
export type ReceivedValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly ReceivedValue[]
  | { readonly [key: string]: ReceivedValue }

export type ReceivedAttributes = Readonly<Record<string, ReceivedValue>>

/** The instrumentation library that made it. */
export interface ReceivedScope {
  readonly name: string
  readonly version: string
}

/** What spans, metrics and logs have in common: who sent them. */
export interface ReceivedOrigin {
  readonly scope: ReceivedScope
  /** Attributes of the resource: `service.name` and its like. */
  readonly resource: ReceivedAttributes
}

export type ReceivedSpanKind = 'UNSPECIFIED' | 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER'

/** Ids are lower-case hexadecimal, times milliseconds since 1970 (with fractions). */
export interface ReceivedSpan extends ReceivedOrigin {
  readonly traceId: string
  readonly spanId: string
  /** Undefined for the first span of a trace. */
  readonly parentSpanId: string | undefined
  readonly traceState: string
  readonly name: string
  readonly kind: ReceivedSpanKind
  readonly startTimeMs: number
  readonly durationMs: number
  readonly status: { readonly code: 'UNSET' | 'OK' | 'ERROR'; readonly message: string }
  readonly attributes: ReceivedAttributes
  readonly events: readonly ReceivedEvent[]
  readonly links: readonly ReceivedLink[]
}

export interface ReceivedEvent {
  readonly name: string
  readonly timeMs: number
  readonly attributes: ReceivedAttributes
}

export interface ReceivedLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly attributes: ReceivedAttributes
}

export type ReceivedMetricType = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary'

/** One metric as one export brought it: the same metric comes again with every later export. */
export interface ReceivedMetric extends ReceivedOrigin {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly type: ReceivedMetricType
  /** Undefined where the type has none: gauges and summaries. */
  readonly temporality: 'DELTA' | 'CUMULATIVE' | undefined
  /** True for sums that only grow: counters. */
  readonly isMonotonic: boolean
  readonly points: readonly ReceivedPoint[]
}

/** Which of the numbers are there depends on the metric's type. */
export interface ReceivedPoint {
  readonly attributes: ReceivedAttributes
  readonly startTimeMs: number
  readonly timeMs: number
  /** Gauges and sums. */
  readonly value?: number | undefined
  /** Histograms and summaries, as the next one. */
  readonly count?: number | undefined
  readonly sum?: number | undefined
  /** Histograms of both types, as the next one. */
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Histograms: `counts` has one number more than `bounds`, or none at all. */
  readonly buckets?: { readonly bounds: readonly number[]; readonly counts: readonly number[] } | undefined
  /** Exponential histograms. */
  readonly exponentialBuckets?: ReceivedExponentialBuckets | undefined
  /** Summaries. */
  readonly quantiles?: readonly { readonly quantile: number; readonly value: number }[] | undefined
  /** Measurements picked as examples, with the span in which they were made. Never there for summaries. */
  readonly exemplars?: readonly ReceivedExemplar[] | undefined
}

export interface ReceivedExponentialBuckets {
  readonly scale: number
  readonly zeroCount: number
  readonly positive: { readonly offset: number; readonly counts: readonly number[] }
  readonly negative: { readonly offset: number; readonly counts: readonly number[] }
}

export interface ReceivedExemplar {
  readonly value: number
  readonly timeMs: number
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly attributes: ReceivedAttributes
}

export interface ReceivedLog extends ReceivedOrigin {
  readonly body: ReceivedValue
  readonly severityText: string
  /** 1 to 24; 0 where none was given. */
  readonly severityNumber: number
  readonly eventName: string
  readonly timeMs: number
  readonly attributes: ReceivedAttributes
  /** Undefined where the line was not written inside a span, as the next one. */
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** One call to the receiver, whether or not it was OTLP. */
export interface ReceivedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Size of the body as it came over the wire: compressed where it was compressed. */
  readonly bytes: number
  /** Why the receiver refused it; undefined where it did not. */
  readonly refusal: string | undefined
}
