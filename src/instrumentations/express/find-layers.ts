import type { LayerPrototype } from './patch-layers.ts'

interface App {
  readonly handle?: unknown
  /** Express 4, from its first `use` or route on. */
  readonly _router?: Router
  readonly lazyrouter?: unknown
  /** Express 5; in Express 4 asking for it throws. */
  readonly router?: Router
}
interface Router {
  readonly stack?: readonly object[]
}

/** The prototype of all layers in the copy of Express that an app was made by; undefined of anything else. */
export function layersOfApp(value: unknown): LayerPrototype | undefined {
  const app = Object(value) as App
  if (typeof app.handle !== 'function') return undefined
  const router = app.lazyrouter === undefined ? app.router : app._router
  const layer = router?.stack?.[0]
  return layer === undefined ? undefined : (Object.getPrototypeOf(layer) as LayerPrototype)
}
