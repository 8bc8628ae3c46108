import { replaceMethod } from '../replace-method.ts'
import type { ExpressPath, Layer } from './layer.ts'

interface Router {
  readonly stack?: readonly (Layer & { rawPath?: ExpressPath })[]
}
type Use = (this: Router, ...given: unknown[]) => unknown

/** The paths that routers are given from now on are kept by the layers, as router 2.3 does it itself. Returns the undo. */
export function keepPaths(router: object): () => void {
  return replaceMethod<Use>(router, 'use', use => {
    return function (...given) {
      const before = this.stack?.length
      const result = use.apply(this, given)
      const path = given[0] as ExpressPath
      for (const layer of this.stack?.slice(before) ?? []) {
        // A list is kept as it is now: the app may change its own.
        if (layer.slash === false) layer.rawPath ??= Array.isArray(path) ? path.flat(Infinity) : path
      }
      return result
    }
  })
}
