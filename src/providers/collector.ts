import type { BatchObservableCallback, HrTime, ObservableCallback, ValueType } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { MetricData, MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createMeasurements, type Measurements } from './measurements.ts'

/**
 * What is private in the SDK's `MetricCollector`: the way from a reader to all that was recorded for it. The SDK is
 * pinned and bundled; tests compare with its own collections, so that an upgrade which moves anything is noticed.
 */
export interface Collector extends MetricProducer {
  readonly _sharedState: { readonly resource: Resource; readonly meterSharedStates: ReadonlyMap<string, MeterState> }
}

interface MeterState {
  readonly _instrumentationScope: InstrumentationScope
  readonly metricStorageRegistry: {
    getStorages(collector: Collector): readonly {
      collect(collector: Collector, time: HrTime): MetricData | undefined
    }[]
  }
  readonly observableRegistry: {
    readonly _callbacks: readonly { readonly callback: ObservableCallback; readonly instrument: Instrument }[]
    readonly _batchCallbacks: readonly {
      readonly callback: BatchObservableCallback
      readonly instruments: ReadonlySet<Instrument>
    }[]
  }
}

interface Instrument {
  readonly _descriptor: { readonly name: string; readonly valueType: ValueType }
  readonly _metricStorages: readonly { record(measurements: Measurements, time: HrTime): void }[]
}

/** What one callback of the app gave. */
export interface Observation {
  /** The names of its instruments. */
  readonly instruments: string
  /** Of an asynchronous callback. */
  readonly pending?: Promise<unknown>
  readonly thrown?: { readonly reason: unknown }
  /** Hands what was observed to the storages; what is not kept leaves no trace. */
  keep(time: HrTime): void
}

/** Undefined where the SDK is not the one that we know. */
export function openCollector(producer: MetricProducer): Collector | undefined {
  const collector = producer as Partial<Collector>
  const meters = collector._sharedState?.meterSharedStates
  return meters instanceof Map && [...meters.values()].every(isKnown) ? (collector as Collector) : undefined
}

function isKnown({ observableRegistry: registry, metricStorageRegistry }: Partial<MeterState>): boolean {
  return (
    Array.isArray(registry?._callbacks) &&
    Array.isArray(registry._batchCallbacks) &&
    typeof metricStorageRegistry?.getStorages === 'function'
  )
}

/** Calls all callbacks of the app, in the order of the SDK. */
export function callCallbacks(collector: Collector): readonly Observation[] {
  return [...collector._sharedState.meterSharedStates.values()].flatMap(({ observableRegistry: registry }) => {
    const single = [...registry._callbacks].map(({ callback, instrument }) =>
      observe([instrument], ([measurements]) => callback(measurements!)),
    )
    const batches = [...registry._batchCallbacks].map(({ callback, instruments: set }) => {
      const instruments: readonly unknown[] = [...set]
      return observe([...set], all =>
        callback({
          observe: (metric, value, attributes) => all[instruments.indexOf(metric)]?.observe(value, attributes),
        }),
      )
    })
    return [...single, ...batches]
  })
}

function observe(instruments: readonly Instrument[], call: (into: readonly Measurements[]) => unknown): Observation {
  const measured = instruments.map(({ _descriptor }) => createMeasurements(_descriptor))
  const observation = {
    instruments: instruments.map(({ _descriptor }) => _descriptor.name).join(', '),
    keep(time: HrTime) {
      for (const [index, { _metricStorages }] of instruments.entries())
        for (const storage of _metricStorages) storage.record(measured[index]!, time)
    },
  }
  try {
    const given = call(measured)
    return isThenable(given) ? { ...observation, pending: Promise.resolve(given) } : observation
  } catch (reason) {
    return { ...observation, thrown: { reason } }
  }
}

function isThenable(given: unknown): given is PromiseLike<unknown> {
  return typeof (given as PromiseLike<unknown> | undefined)?.then === 'function'
}

/** Reads what is in the storages: that is where a collection changes them. */
export function readStorages(collector: Collector, time: HrTime): ResourceMetrics {
  const { resource, meterSharedStates } = collector._sharedState
  const scopeMetrics = [...meterSharedStates.values()].flatMap(({ _instrumentationScope, metricStorageRegistry }) => {
    const metrics = metricStorageRegistry
      .getStorages(collector)
      .map(storage => storage.collect(collector, time))
      .filter(metric => metric !== undefined)
    return metrics.length > 0 ? [{ scope: _instrumentationScope, metrics }] : []
  })
  return { resource, scopeMetrics }
}
