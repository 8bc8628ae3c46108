import { type Attributes, diag, ValueType } from '@opentelemetry/api'
import { hashAttributes } from './attribute-keys.ts'

/** What a callback of an observable instrument observes into, and what the SDK's storages take. */
export interface Measurements {
  observe(value: number, attributes?: Attributes): void
  /** Attributes, value, and the SDK's own key for the attributes: without it, it would make that six times. */
  entries(): IterableIterator<readonly [Attributes, number, string]>
}

/** By the rules of the SDK's `ObservableResult`: the last value for equal attributes, whole numbers where asked for. */
export function createMeasurements({ name, valueType }: { name: string; valueType: ValueType }): Measurements {
  const measured = new Map<string, readonly [Attributes, number, string]>()
  return {
    observe(value, attributes = {}) {
      if (typeof value !== 'number') {
        diag.warn(`non-number value provided to metric ${name}: ${String(value)}`)
        return
      }
      const isFraction = valueType === ValueType.INT && !Number.isInteger(value)
      if (isFraction) diag.warn(`INT value type cannot accept a floating-point value for ${name}, using its whole part`)
      const taken = isFraction ? Math.trunc(value) : value
      if (isFraction && !Number.isInteger(taken)) return
      const key = hashAttributes(attributes)
      measured.set(key, [attributes, taken, key])
    },
    entries: () => measured.values(),
  }
}
