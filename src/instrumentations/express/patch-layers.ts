import { replaceMethod } from '../replace-method.ts'
import { follow, type Next } from './follow.ts'
import type { ExpressRequest, Layer } from './layer.ts'

interface Response {
  readonly writableEnded?: boolean
}
type HandleRequest = (this: Layer, request: ExpressRequest, response: Response, next: Next) => unknown
export type LayerPrototype = Record<string, HandleRequest | undefined>

/** Of Express 5, and of Express 4 since 4.6. */
const methods = ['handleRequest', 'handle_request']

/**
 * All layers of a copy of Express have one prototype, those too that were made before anybody watched. The router's own
 * channel (`express.router.request`, since router 2.3) tells the same, and costs more: it then makes an object and
 * functions for each layer of each request. Returns the undo.
 */
export function patchLayers(prototype: LayerPrototype): () => void {
  const method = methods.find(name => typeof prototype[name] === 'function')
  return method === undefined ? () => {} : replaceMethod(prototype, method, patch)
}

function patch(original: HandleRequest): HandleRequest {
  return function (request, response, next) {
    // Not called now: who handles errors. Within a route, where layers have methods, nothing is decided any more.
    if (this.handle.length < 4 && !('method' in this) && response.writableEnded !== true) {
      try {
        follow(this, request, next)
      } catch {
        // a path of an unheard-of kind: the request goes without its route
      }
    }
    return original.call(this, request, response, next)
  }
}
