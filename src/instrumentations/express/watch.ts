import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { findRoutes, type RouteFinder } from '../http/server-state.ts'
import { watchModules } from '../module-loads.ts'
import type { Watch, WatchParts } from '../watch.ts'
import { layersOfApp } from './find-layers.ts'
import { hasFollowed } from './follow.ts'
import { keepPaths } from './keep-paths.ts'
import type { ExpressRequest } from './layer.ts'
import { type LayerPrototype, patchLayers } from './patch-layers.ts'
import { writePath } from './path-of-layer.ts'
import { joinPaths, routeOf } from './route.ts'

const started = 'http.server.request.start'

/** As the official instrumentation names them. */
export const layerTypes = ['middleware', 'router', 'request_handler'] as const

/** Express' routes. Whoever wants spans for layers, too, gets them from `withSpans`. */
export function watchExpress(withSpans: Watch): Watch {
  return parts => (wantsSpans(parts.options) ? withSpans(parts) : watchRoutes())
}

function wantsSpans({ ignoreLayersType }: WatchParts['options']): boolean {
  return !Array.isArray(ignoreLayersType) || !layerTypes.every(type => ignoreLayersType.includes(type))
}

function watchRoutes(): () => void {
  const copies = new Map<object, () => void>()
  const servers = new WeakSet<Server>()

  function patch(prototype: LayerPrototype | undefined): void {
    if (prototype === undefined || copies.has(prototype)) return
    copies.set(prototype, patchLayers(prototype))
    unsubscribe(started, onRequest)
  }

  // No file of Express is loaded where a bundler has put it into the app's own: its server knows the app.
  function onRequest(message: unknown): void {
    const { server } = message as { readonly server: Server }
    if (servers.has(server)) return
    servers.add(server)
    server.listeners('request').forEach(listener => patch(layersOfApp(listener)))
  }

  /** Asked where nothing is known of a route that has matched: its layers are not patched, or a `param` function answered. */
  const find: RouteFinder = request => {
    const known: ExpressRequest = request as object
    const { app, route, baseUrl } = known
    if (route === undefined) return undefined
    patch(layersOfApp(app))
    return hasFollowed(known) || baseUrl !== '' ? undefined : routeOf(joinPaths('', writePath(route.path)))
  }

  subscribe(started, onRequest)
  watchModules(['express', 'router'], (exports, name) => {
    const { prototype } = Object(exports) as { readonly prototype: LayerPrototype }
    if (/[\\/]layer\.js$/.test(name)) patch(prototype)
    else if (name === 'router') copies.set(prototype, keepPaths(prototype))
    return exports
  })
  const forget = findRoutes(find)
  return () => {
    unsubscribe(started, onRequest)
    forget()
    for (const undo of copies.values()) undo()
  }
}
