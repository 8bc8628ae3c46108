import type { Layer } from './layer.ts'
import { matchedLiteral, pathOfLayer } from './path-of-layer.ts'
import { joinPaths, routeOf } from './route.ts'

/** A layer within the routers that led to it. */
export interface Place {
  /** The joined paths of these routers. */
  readonly outer: string
  readonly joined: string
  readonly route: string | undefined
}

const placeKey = Symbol('@org/otel: place of a layer')

/** Nearly always a layer is in one place: it is worked out once, and dies with the layer. */
export function placeOf(layer: Layer & { [placeKey]?: Place }, outer: string): Place {
  const literal = matchedLiteral(layer)
  if (literal !== undefined) return createPlace(layer, outer, literal)
  const known = layer[placeKey]
  if (known !== undefined && known.outer === outer) return known
  return (layer[placeKey] = createPlace(layer, outer, pathOfLayer(layer)))
}

function createPlace(layer: Layer, outer: string, path: string): Place {
  const joined = joinPaths(outer, path)
  // Middleware of an app that was given no path stands for no route.
  const isRoute = joined !== '' || layer.route !== undefined || path.length > 1
  return { outer, joined, route: isRoute ? routeOf(joined) : undefined }
}
