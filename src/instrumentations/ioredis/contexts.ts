import { context, trace } from '@opentelemetry/api'

type Connect = (this: unknown, ...args: unknown[]) => unknown

/**
 * A connection outlives the request that happens to open it: what is sent to open it belongs to no trace. Where
 * `requireParentSpan` holds, that is silent.
 */
export function connectOutsideOfSpans(original: Connect): Connect {
  return function (...args) {
    const here = context.active()
    const [callback, ...rest] = args
    if (typeof callback === 'function') args = [context.bind(here, callback), ...rest]
    return context.with(trace.deleteSpan(here), () => original.apply(this, args))
  }
}

/** What waits for a cluster is called by whoever gets to know the nodes. */
export function waitInOwnContext(original: (callback: (...args: unknown[]) => void) => unknown): typeof original {
  return function (this: unknown, callback) {
    return original.call(this, context.bind(context.active(), callback))
  }
}
