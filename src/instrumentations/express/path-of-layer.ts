import type { ExpressPath, Layer } from './layer.ts'
import { unwriteMatch } from './unwrite-match.ts'
import { unwriteRegExp } from './unwrite-regexp.ts'

/** The path that a layer was made for, as the official instrumentation writes it. */
export function pathOfLayer(layer: Layer): string {
  const path = layer.route?.path ?? layer.rawPath
  if (path !== undefined) return writePath(path)
  return layer.regexp === undefined ? unwriteMatch(layer) : unwriteRegExp(layer.regexp, layer.keys ?? [])
}

/** A list with commas, a regular expression as it stands in code. */
export function writePath(path: ExpressPath): string {
  return Array.isArray(path) ? path.flat(Infinity).join(',') : String(path)
}
