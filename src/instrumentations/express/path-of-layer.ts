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

/** A list with commas, a regular expression as it stands in code. */
export function writePath(path: ExpressPath): string {
  return Array.isArray(path) ? path.flat(Infinity).join(',') : String(path)
}
