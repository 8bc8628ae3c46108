import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation'
import { version } from '../../version.ts'
import type { BullMQ } from './install.ts'
import { exportsOf, installPatches } from './install.ts'
import type { Instruments } from './metrics.ts'
import { createInstruments } from './metrics.ts'
import type { Signals } from './operation.ts'
import type { Patch } from './patches.ts'
import { createPatches } from './patches.ts'
import { createSandboxFlush, type Ending } from './sandbox-flush.ts'
import { createServe } from './serve.ts'
import { serverAttributes } from './server.ts'
import type { Guard } from './telemetry.ts'
import { createTelemetry } from './telemetry.ts'

// The first that has telemetry for flows too, through one function for all. Nothing older is touched.
const versions = ['>=5.24.0 <7']

const noEnding: Ending = { flush: async () => {}, timeoutMs: 1000 }

/** Options of {@link BullMQInstrumentation}. */
export interface BullMQInstrumentationConfig extends InstrumentationConfig {
  /** Default: true. */
  enabled?: boolean
}

/**
 * Spans and metrics for BullMQ 5.24 to 6 through BullMQ's own `telemetry` interface: queues, workers and flow producers
 * to which the application gave none get ours.
 */
export class BullMQInstrumentation extends InstrumentationBase<BullMQInstrumentationConfig> {
  // The base class's constructor makes them, by _updateMetricInstruments: a field would undo that.
  declare private instruments: Instruments
  /** An application may have several copies of BullMQ: each with the undo of its patches while these are in place. */
  readonly #copies = new Map<BullMQ, (() => void) | undefined>()
  readonly #patches: readonly Patch[]
  #hasReported = false

  constructor(config: BullMQInstrumentationConfig = {}, ending: Ending = noEnding) {
    // The base class would patch what is loaded already, before the fields above exist.
    super('@org/otel/bullmq', version, { ...config, enabled: false })
    this.#patches = this.#createPatches(ending)
    this.setConfig(config)
    if (this.getConfig().enabled) this.enable()
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (module: unknown) => {
      const copy = exportsOf(module)
      if (copy !== undefined) this.#install(copy)
      return module
    }
    const files = [
      'child-processor.js', // which is all that a sandbox loads of BullMQ
      'child.js', // which BullMQ before 5.34.5 does not export
    ].map(
      name => new InstrumentationNodeModuleFile(`bullmq/dist/cjs/classes/${name}`, versions, patch, () => {}), // disable() undoes it too
    )
    return [new InstrumentationNodeModuleDefinition('bullmq', versions, patch, undefined, files)]
  }

  override enable(): void {
    if (this.isEnabled()) return
    super.enable()
    for (const copy of this.#copies.keys()) this.#install(copy)
  }

  override disable(): void {
    if (!this.isEnabled()) return
    super.disable()
    for (const [copy, undo] of this.#copies) {
      undo?.()
      this.#copies.set(copy, undefined)
    }
  }

  #install(copy: BullMQ): void {
    if (this.#copies.get(copy) === undefined) this.#copies.set(copy, installPatches(copy, this.#patches))
  }

  protected override _updateMetricInstruments(): void {
    this.instruments = createInstruments(this.meter)
  }

  #createPatches(ending: Ending): readonly Patch[] {
    const signals: Signals = {
      tracer: () => this.tracer,
      meter: () => this.meter,
      instruments: () => this.instruments,
    }
    const guard: Guard = (work, fallback) => {
      try {
        return work()
      } catch (error) {
        this.#report(error)
        return fallback
      }
    }
    const serve = createServe(
      () => this.isEnabled(),
      ({ name, opts }) => createTelemetry({ signals, guard, queue: name, server: serverAttributes(opts?.connection) }),
    )
    const sandboxes = createSandboxFlush(ending)
    return createPatches({ serve: owner => guard(() => serve(owner), false), guard, sandboxes })
  }

  /** Once: what fails here fails for every job. */
  #report(error: unknown): void {
    if (this.#hasReported) return
    this.#hasReported = true
    this._diag.error('Telemetry of BullMQ fails, jobs are not affected:', error)
  }
}
