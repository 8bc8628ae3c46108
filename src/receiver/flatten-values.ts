import type { Message } from './otlp-schema.ts'
import type { ReceivedAttributes, ReceivedOrigin, ReceivedValue } from './received.ts'

export function flattenAttributes(pairs: readonly Message<'KeyValue'>[] = []): ReceivedAttributes {
  return Object.fromEntries(pairs.map(pair => [pair.key ?? '', flattenValue(pair.value)]))
}

export function flattenValue(value: Message<'AnyValue'> | undefined): ReceivedValue {
  if (value?.intValue !== undefined) return flattenInteger(value.intValue)
  if (value?.arrayValue) return value.arrayValue.values.map(flattenValue)
  if (value?.kvlistValue) return flattenAttributes(value.kvlistValue.values)
  return value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? value?.bytesValue ?? null
}

export function flattenOrigin(
  resource: Message<'Resource'> | undefined,
  scope: Message<'InstrumentationScope'> | undefined,
): ReceivedOrigin {
  return {
    scope: { name: scope?.name ?? '', version: scope?.version ?? '' },
    resource: flattenAttributes(resource?.attributes),
  }
}

/** Keeps the microseconds, which a division of the whole number would lose. */
export function nanosToMs(nanos = 0n): number {
  return Number(nanos / 1000n) / 1000
}

/** An id of no bytes is no id. */
export function flattenId(id: string | undefined): string | undefined {
  return id === '' ? undefined : id
}

function flattenInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
