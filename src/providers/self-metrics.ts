import type { Attributes, BatchObservableCallback, Meter, MeterProvider, MetricOptions } from '@opentelemetry/api'
import { ATTR_ERROR_TYPE, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from '@opentelemetry/semantic-conventions'
import type { Books as AllBooks } from '../exporters/books.ts'
import type { Outcome } from '../exporters/outcome.ts'
import { version } from '../version.ts'

type Counts = 'ended' | 'sent' | 'droppedByReason' | 'waiting' | 'inFlight'
/** What the metrics need of the books of an exporter. */
export type Books = Readonly<Pick<AllBooks, 'signal' | 'exporterType' | 'url' | 'capacity' | Counts>> &
  Pick<AllBooks, 'onAttempt'>

/** The instrumentation scope of what we say about ourselves. */
export const selfMetricsScope = '@org/otel'

/**
 * The books of the exporters as metrics, under the names that the conventions and the SDK's own parts give them:
 * https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/. They are read when metrics are collected, so that
 * recording costs nothing. Returns the undo.
 */
export function installSelfMetrics(meterProvider: MeterProvider, books: readonly Books[]): () => void {
  const meter = meterProvider.getMeter(selfMetricsScope, version)
  const name = createNames()
  const undos = books.flatMap(book => [
    publishProcessor(meter, book, name),
    publishExporter(meter, book, { ...name(book.exporterType), ...serverOf(book.url) }),
  ])
  return () => undos.forEach(undo => undo())
}

/** How the conventions call the records of a signal. */
const words = {
  traces: { record: 'span', unit: '{span}', many: 'spans', processor: 'batching_span_processor' },
  logs: { record: 'log', unit: '{log_record}', many: 'log records', processor: 'batching_log_processor' },
  metrics: { record: 'metric_data_point', unit: '{data_point}', many: 'metric data points', processor: undefined },
} as const satisfies Readonly<Record<Books['signal'], unknown>>

type Name = (componentType: string) => Attributes

function createNames(): Name {
  const counts = new Map<string, number>()
  return type => {
    const count = counts.get(type) ?? 0
    counts.set(type, count + 1)
    return { 'otel.component.type': type, 'otel.component.name': `${type}/${count}` }
  }
}

function publishProcessor(meter: Meter, book: Books, name: Name): () => void {
  const { record, unit, many, processor } = words[book.signal]
  if (processor === undefined || book.capacity === undefined) return () => {}
  const component = name(processor)
  const full = { ...component, [ATTR_ERROR_TYPE]: 'queue_full' }
  const prefix = `otel.sdk.processor.${record}`
  const processed = meter.createObservableCounter(`${prefix}.processed`, {
    unit,
    description: `The number of ${many} for which the processing has finished, either successful or failed.`,
  })
  const size = meter.createObservableUpDownCounter(`${prefix}.queue.size`, {
    unit,
    description: `The number of ${many} in the queue of a given instance of an SDK ${record} processor.`,
  })
  const capacity = meter.createObservableUpDownCounter(`${prefix}.queue.capacity`, {
    unit,
    description: `The maximum number of ${many} the queue of a given instance of an SDK ${record} processor can hold.`,
  })
  // A batch that could not be delivered waits again, but has been processed: a counter never goes back.
  let mostProcessed = 0
  return addCallback(meter, [processed, size, capacity], result => {
    const dropped = book.droppedByReason.queue_full ?? 0
    mostProcessed = Math.max(mostProcessed, book.ended - dropped - book.waiting)
    result.observe(processed, mostProcessed, component)
    if (dropped > 0) result.observe(processed, dropped, full)
    result.observe(size, book.waiting, component)
    result.observe(capacity, book.capacity ?? 0, component)
  })
}

function publishExporter(meter: Meter, book: Books, component: Attributes): () => void {
  const { record, unit, many } = words[book.signal]
  const prefix = `otel.sdk.exporter.${record}`
  const inFlight = meter.createObservableUpDownCounter(`${prefix}.inflight`, {
    unit,
    description: `The number of ${many} which were passed to the exporter, but that have not been exported yet (neither successful, nor failed).`,
  })
  const exported = meter.createObservableCounter(`${prefix}.exported`, {
    unit,
    description: `The number of ${many} for which the export has finished, either successful or failed.`,
  })
  const duration = meter.createHistogram('otel.sdk.exporter.operation.duration', operationDuration)
  book.onAttempt = ({ seconds, outcome }) => {
    duration.record(seconds, { ...component, ...errorOf(outcome) })
  }
  const remove = addCallback(meter, [inFlight, exported], result => {
    result.observe(inFlight, book.inFlight, component)
    result.observe(exported, book.sent, component)
    for (const [reason, count] of Object.entries(book.droppedByReason))
      if (reason !== 'queue_full') result.observe(exported, count, { ...component, [ATTR_ERROR_TYPE]: reason })
  })
  return () => {
    remove()
    book.onAttempt = undefined
  }
}

/** No buckets, as the SDK's exporters have it: count, sum, least and most. */
const operationDuration: MetricOptions = {
  unit: 's',
  description: 'The duration of exporting a batch of telemetry records.',
  advice: { explicitBucketBoundaries: [] },
}

function addCallback(
  meter: Meter,
  observables: Parameters<Meter['addBatchObservableCallback']>[1],
  callback: BatchObservableCallback,
): () => void {
  meter.addBatchObservableCallback(callback, observables)
  return () => meter.removeBatchObservableCallback(callback, observables)
}

/** By the conventions a partial success is none. */
function errorOf(outcome: Outcome): Attributes {
  if (outcome.kind !== 'sent') return { [ATTR_ERROR_TYPE]: outcome.reason }
  return outcome.rejected > 0 ? { [ATTR_ERROR_TYPE]: 'rejected' } : {}
}

function serverOf(url: string | undefined): Attributes {
  if (url === undefined || !URL.canParse(url)) return {}
  const { hostname, port, protocol } = new URL(url)
  return { [ATTR_SERVER_ADDRESS]: hostname, [ATTR_SERVER_PORT]: Number(port) || (protocol === 'https:' ? 443 : 80) }
}
