import { millisToHrTime } from '@opentelemetry/core'
import { emptyResource } from '@opentelemetry/resources'
import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { callCallbacks, openCollector, readStorages } from './collector.ts'

/**
 * What `await producer.collect()` gives, at once: in an `exit` handler no promise settles any more, and the SDK knows
 * no other way. A callback that throws is passed over; of an asynchronous one counts what it observed before it first
 * waited. There are no metrics where the SDK is not the one that we know.
 */
export function collectNow(producer: MetricProducer): ResourceMetrics {
  try {
    const collector = openCollector(producer)
    if (collector === undefined) return nothing()
    const time = millisToHrTime(Date.now())
    for (const { thrown, pending, keep } of callCallbacks(collector)) {
      pending?.catch(() => {})
      if (thrown === undefined) keep(time)
    }
    return readStorages(collector, time)
  } catch {
    return nothing() // a last collection that fails must not take the rest of the last words with it
  }
}

function nothing(): ResourceMetrics {
  return { resource: emptyResource(), scopeMetrics: [] }
}
