import { type Attributes, context, type HrTime, type Histogram, type MeterProvider } from '@opentelemetry/api'
import { hrTime } from '@opentelemetry/core'
import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { observePools, type Pool, type Pools } from './observed-pools.ts'

type Callback = (this: unknown, ...args: unknown[]) => unknown
type Connect = (this: unknown, callback?: unknown) => unknown
type Patch = (original: Connect) => Connect

/** What is private in the official instrumentation. */
interface Official {
  readonly _poolMaxValues: Pools
  readonly _operationDuration: Histogram
  _getPoolConnectPatch(): Patch
  _setPoolConnectEventListeners(pool: Pool): void
  _recordPoolMax(pool: Pool): void
  recordOperationDuration(attributes: Attributes, startTime: HrTime): void
}

/** The official instrumentation, which does less for each query and keeps queries in their contexts. */
export class LeanPgInstrumentation extends PgInstrumentation {
  /** Unset while the base class is constructed, which makes instruments of whatever provider is the global one. */
  declare private isProvided?: true

  constructor(config?: InstrumentationConfig) {
    super(config)
    const official = this as unknown as Official
    const getPatch = official._getPoolConnectPatch.bind(this)
    Object.assign(official, {
      _getPoolConnectPatch: () => keepContexts(getPatch()),
      _setPoolConnectEventListeners: (pool: Pool) => official._recordPoolMax(pool),
      // It has exactly the attributes that a measurement has.
      recordOperationDuration(attributes: Attributes, [seconds, nanoseconds]: HrTime) {
        const now = hrTime()
        official._operationDuration.record(now[0] - seconds + (now[1] - nanoseconds) / 1e9, attributes)
      },
    })
  }

  override setMeterProvider(provider: MeterProvider): void {
    this.isProvided = true
    const pools = () => (this as unknown as Official)._poolMaxValues
    super.setMeterProvider({ getMeter: (...scope) => observePools(provider.getMeter(...scope), pools) })
  }

  override _updateMetricInstruments(): void {
    if (this.isProvided) super._updateMetricInstruments()
  }
}

/**
 * Who waits for a connection of a busy pool is called by whoever gives one back, within that one's request. The official
 * instrumentation brings the waiting one back to its own context only where it makes a span for connecting. Without such
 * spans, as here by default, the queries of one request would stand in the trace of another.
 */
function keepContexts(patch: Patch): Patch {
  return original => {
    const patched = patch(original)
    return function (callback) {
      return patched.call(this, typeof callback === 'function' ? inThisContext(callback as Callback) : callback)
    }
  }
}

/** As `context.bind()` does, for less: most need not wait, and are in their context. */
function inThisContext(callback: Callback): Callback {
  const here = context.active()
  return function (error, client, release) {
    return context.active() === here
      ? callback.call(this, error, client, release)
      : context.with(here, callback, this, error, client, release)
  }
}
