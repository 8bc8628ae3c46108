import { type Attributes, diag, ValueType } from '@opentelemetry/api'

/** What a callback of an observable instrument observes into, and what the SDK's storages take. */
export interface Measurements {
  observe(value: number, attributes?: Attributes): void
  /** As of the SDK's own map, which adds a hash to each; it makes up for one that is missing. */
  entries(): IterableIterator<[Attributes, number]>
}

/** By the rules of the SDK's `ObservableResult`: the last value for equal attributes, whole numbers where asked for. */
export function createMeasurements({ name, valueType }: { name: string; valueType: ValueType }): Measurements {
  const measured = new Map<string, [Attributes, number]>()
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
      const key = keyOf(attributes)
      measured.set(key, [measured.get(key)?.[0] ?? attributes, taken])
    },
    entries: () => measured.values(),
  }
}

function keyOf(attributes: Attributes): string {
  const names = Object.keys(attributes).toSorted()
  return JSON.stringify(names.map(name => [name, attributes[name]]))
}
