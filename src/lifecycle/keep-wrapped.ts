type Method = (this: unknown, ...args: readonly unknown[]) => unknown

/** Does `go`, which is the method as it was called, and whatever has to happen around it. */
export type Around = (go: () => unknown, args: readonly unknown[]) => unknown

/**
 * Wraps a method of `process`, and stays around it whatever others put in its place later. Returns its undo.
 * Others patch these methods too, and put back what they had found: signal-exit does so when nobody needs it any more,
 * and what it had found may be older than this. Assignments therefore go through us.
 */
export function keepWrapped(name: 'emit' | 'reallyExit' | '_kill' | '_fatalException', around: Around): () => void {
  const owner = process as unknown as Record<string, Method>
  const own = Object.getOwnPropertyDescriptor(process, name)
  const found = owner[name]!
  const belowOf = new WeakMap<Method, Method>()
  let isActive = true
  let top = wrap(found)

  function wrap(below: Method): Method {
    if (typeof below !== 'function' || belowOf.has(below)) return below
    function wrapped(this: unknown, ...args: readonly unknown[]): unknown {
      const go = () => Reflect.apply(below, this, args)
      // A patch on top of ours comes through here as well: once is enough.
      return isActive && wrapped === top ? around(go, args) : go()
    }
    belowOf.set(wrapped, below)
    return wrapped
  }

  const get = () => top
  const set = (method: Method) => void (top = wrap(method))
  Reflect.defineProperty(process, name, { configurable: true, enumerable: own?.enumerable ?? false, get, set })

  return () => {
    isActive = false
    if (Object.getOwnPropertyDescriptor(process, name)?.get !== get) return
    const below = belowOf.get(top) ?? top
    Reflect.deleteProperty(process, name)
    if (below !== found) owner[name] = below
    else if (own !== undefined) Reflect.defineProperty(process, name, own)
  }
}
