import { context } from '@opentelemetry/api'
import { getRPCMetadata, RPCType } from '@opentelemetry/core'
import { serverStateOf } from '../http/server-state.ts'
import type { ExpressRequest, Layer } from './layer.ts'
import { type Place, placeOf } from './place.ts'

/** Who goes on where a layer does not answer: one function for all layers of a router in one request. */
export type Next = (error?: unknown) => void

/** A router in which a request is, and the layer of it that led further in. */
interface Router {
  readonly next: Next
  readonly outer: Router | undefined
  place: Place
  /** How much of the URL's path was taken by it and by all further out. */
  taken: number
}

/** The way of one request through the routers. */
interface Way {
  readonly holder: { route?: string | undefined } | undefined
  innermost: Router | undefined
  /** The last route whose handlers were called. */
  route: Layer['route']
}

type Request = ExpressRequest & { [wayKey]?: Way }
const wayKey = Symbol('@org/otel: way through routers')

/**
 * A layer is about to be called: what it is for is the route of the request from now on, until another layer is. That is
 * how the official instrumentation has it, too; but it keeps the paths of routers that have passed a request on.
 */
export function follow(layer: Layer, request: Request, next: Next): void {
  const way = (request[wayKey] ??= begin(request))
  if (way.holder === undefined) return
  const taken = request.baseUrl?.length ?? 0
  const own = findRouter(way.innermost, next)
  const outer = own === undefined ? findOuter(way.innermost, taken) : own.outer
  const place = placeOf(layer, outer?.place.joined ?? '')
  way.holder.route = place.route
  if (layer.route !== undefined) {
    way.route = layer.route
  } else if (own !== undefined) {
    own.place = place
    own.taken = taken
    way.innermost = own
  } else {
    way.innermost = { next, outer, place, taken }
  }
}

function findRouter(innermost: Router | undefined, next: Next): Router | undefined {
  for (let router = innermost; router !== undefined; router = router.outer) if (router.next === next) return router
  return undefined
}

/** Where a router begins: mostly within the innermost, but a function of the app's may have left that for another. */
function findOuter(innermost: Router | undefined, taken: number): Router | undefined {
  for (let router = innermost; router !== undefined; router = router.outer) if (router.taken <= taken) return router
  return undefined
}

/** Whether the handlers of the route that matched last were called: if so, they passed the request on. */
export function hasFollowed(request: Request): boolean {
  return request[wayKey] !== undefined && request[wayKey].route === request.route
}

function begin(request: Request): Way {
  return { holder: serverStateOf(request) ?? rpcMetadata(), innermost: undefined, route: undefined }
}

/** What the official instrumentation of HTTP reads, where that is in charge. */
function rpcMetadata(): Way['holder'] {
  const metadata = getRPCMetadata(context.active())
  return metadata?.type === RPCType.HTTP ? metadata : undefined
}
