import type { Telemetry } from 'bullmq'

/** A queue, a worker, a flow producer: whatever has telemetry in BullMQ. */
export interface Owner {
  readonly name?: string
  readonly opts?: Holder & { readonly connection?: unknown }
  /** Of a flow producer; the others have theirs in `opts`. */
  telemetry?: unknown
  /** Of the others. */
  readonly trace?: unknown
}

interface Holder {
  telemetry?: unknown
}

/** Gives the owner our telemetry, unless the application gave it one. True where it is ours. */
export type Serve = (owner: Owner) => boolean

export function createServe(isEnabled: () => boolean, create: (owner: Owner) => Telemetry): Serve {
  const ours = new WeakSet<object>()
  return owner => {
    if (!isEnabled()) return false
    const holder: Holder | undefined = typeof owner.trace === 'function' ? owner.opts : owner
    if (holder === undefined) return false
    if (!holder.telemetry) {
      const telemetry = create(owner)
      ours.add(telemetry)
      lend(holder, () => (isEnabled() ? telemetry : undefined))
    }
    return ours.has(Object(holder.telemetry))
  }
}

/** Gone as soon as we are disabled, never copied to another queue, and the application can set its own over it. */
function lend(holder: Holder, get: () => Telemetry | undefined): void {
  Object.defineProperty(holder, 'telemetry', {
    configurable: true,
    enumerable: false,
    get,
    set(value) {
      Object.defineProperty(holder, 'telemetry', { configurable: true, enumerable: true, writable: true, value })
    },
  })
}
