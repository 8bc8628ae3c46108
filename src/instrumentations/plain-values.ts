/** So much of one line is copied: a whole server can hang on one request object. */
const maxContainers = 1000

/** A copy of what an app logs, as JSON would show it: the SDK drops an attribute with anything else inside. */
export function toPlain(value: unknown): unknown {
  const ancestors = new Set<object>()
  let containersLeft = maxContainers
  return copy(value)

  function copy(value: unknown): unknown {
    if (typeof value === 'bigint') return `${value}`
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
    if (ancestors.has(value)) return '[Circular]'
    if (containersLeft === 0) return '[...]'
    containersLeft -= 1
    ancestors.add(value)
    const result = copyObject(value)
    ancestors.delete(value)
    return result
  }

  function copyObject(object: { readonly toJSON?: unknown }): unknown {
    if (typeof object.toJSON === 'function') return copy(object.toJSON())
    if (Array.isArray(object)) return object.map(copy)
    const entries = Object.entries(object instanceof Error ? describeError(object) : object)
    return Object.fromEntries(entries.filter(([name]) => name !== '').map(([name, value]) => [name, copy(value)]))
  }
}

function describeError(error: Error): object {
  const { name, message, stack, cause } = error
  return Object.assign({}, error, { name, message, stack, cause })
}
