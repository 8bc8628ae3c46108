import type { Context, ContextManager } from '@opentelemetry/api'

type Target = (this: unknown, ...args: unknown[]) => unknown
type Call = (self: unknown, args: ArrayLike<unknown>) => unknown

/**
 * What `bind()` of the SDK's context manager makes of a function, for a third of it: it defines the length of each, and
 * enters the context again where the function is called within it.
 */
export function bindFunction(manager: ContextManager, context: Context, target: Target): Target {
  const call: Call = (self, args) =>
    manager.active() === context
      ? Reflect.apply(target, self, args)
      : manager.with(context, () => Reflect.apply(target, self, args))
  const make = byLength[target.length]
  return make === undefined
    ? Object.defineProperty(byLength[0]!(call), 'length', { value: target.length, configurable: true })
    : make(call)
}

/** Libraries tell by its length what a function is to be called with. */
const byLength: readonly ((call: Call) => Target)[] = [
  call =>
    function () {
      return call(this, arguments)
    },
  call =>
    function (_1) {
      return call(this, arguments)
    },
  call =>
    function (_1, _2) {
      return call(this, arguments)
    },
  call =>
    function (_1, _2, _3) {
      return call(this, arguments)
    },
]
