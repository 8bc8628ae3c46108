import type { Attributes } from '@opentelemetry/api'

/** What the SDK's spans and log records have in common. */
export interface Attributed {
  attributes: Attributes
  _attributesCount: number
}

export interface Limits {
  readonly attributeCountLimit: number
  readonly attributeValueLengthLimit: number
}

/** The first attributes of `target`, in one piece. False, with nothing changed, where one of them is the SDK's business. */
export function setAllUsual(target: Attributed, limits: Limits, given: Attributes): boolean {
  if (target._attributesCount > 0) return false
  const attributes = { ...given }
  let count = 0
  for (const name in attributes) {
    if (!Object.hasOwn(attributes, name)) continue
    if (++count > limits.attributeCountLimit || !isUsual(name, attributes[name], limits)) return false
  }
  target.attributes = attributes
  target._attributesCount = count
  return true
}

export function setUsual(target: Attributed, limits: Limits, name: string, value: unknown): boolean {
  if (!isUsual(name, value, limits)) return false
  if (!Object.hasOwn(target.attributes, name)) {
    if (target._attributesCount >= limits.attributeCountLimit) return false
    target._attributesCount++
  }
  target.attributes[name] = value
  return true
}

/** Strings, numbers and booleans need no copy, and all but long strings no change. */
function isUsual(name: unknown, value: unknown, limits: Limits): value is string | number | boolean {
  if (typeof name !== 'string' || name === '') return false
  if (typeof value === 'string') return value.length <= limits.attributeValueLengthLimit
  return typeof value === 'number' || typeof value === 'boolean'
}
