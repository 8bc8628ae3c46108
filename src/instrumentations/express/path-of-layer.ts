import type { ExpressPath, Layer } from './layer.ts'
import { unwriteRegExp } from './unwrite-regexp.ts'

/**
 * A path of which nothing is known but that it has matched. What the URL has in its place is the client's, and never told:
 * it may be anything, and other requests have something else there.
 */
const unknown = '/**'

/** The path that a layer was made for, as the official instrumentation writes it. */
export function pathOfLayer(layer: Layer): string {
  const path = layer.route?.path ?? layer.rawPath
  if (path !== undefined) return writePath(path)
  if (layer.regexp !== undefined) return unwriteRegExp(layer.regexp, layer.keys ?? [])
  return layer.slash === true ? '/' : unknown
}

/**
 * The path of a layer whose path nobody has kept, where one text without parameters has matched: what has matched is that
 * text, up to the case of its letters, and no client has a say in it. Of a text the parameters have no prototype, and
 * of a regular expression they have one. Another request may match other parts of the same path.
 */
export function matchedLiteral({ route, rawPath, regexp, slash, path, params, matchers }: Layer): string | undefined {
  if (route !== undefined || rawPath !== undefined || regexp !== undefined || slash === true) return undefined
  const isText = matchers?.length === 1 && params !== undefined && Object.getPrototypeOf(params) === null
  return isText && Object.keys(params).length === 0 ? path?.toLowerCase() : undefined
}

/** A list with commas, a regular expression as it stands in code. */
export function writePath(path: ExpressPath): string {
  return Array.isArray(path) ? path.flat(Infinity).join(',') : String(path)
}
