import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'

interface Layer {
  readonly name: string
}
type ApplyPatch = (layer: Layer, path?: string) => void

/**
 * The official instrumentation takes an app that is mounted in another one (`app.use('/admin', admin)`) for middleware.
 * Where spans for middleware are switched off, as here by default, it forgets the path of such an app, and the route of
 * its requests begins at the wrong place. Its routers keep theirs, and a mounted app is a router in all that matters.
 */
export class MountingExpressInstrumentation extends ExpressInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super(config)
    const official = this as unknown as { _applyPatch: ApplyPatch } // private there
    const applyPatch = official._applyPatch.bind(this)
    official._applyPatch = (layer, path) => applyPatch(layer?.name === 'mounted_app' ? asRouter(layer) : layer, path)
  }
}

/** The same layer for Express, a router's for who asks for its name. */
function asRouter(layer: Layer): Layer {
  return new Proxy(layer, { get: (target, key) => (key === 'name' ? 'router' : Reflect.get(target, key)) })
}
