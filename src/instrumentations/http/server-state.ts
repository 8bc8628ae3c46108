import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Span } from '@opentelemetry/api'
import { type RPCMetadata, RPCType } from '@opentelemetry/core'
import { rpcKey, spanKey } from './context-keys.ts'

/**
 * What is known of a request while this process answers it; also the context that it is answered in, and the RPC metadata
 * in that context, where the official instrumentations of frameworks put their route. One object instead of five. It
 * holds neither the request nor the response: what a handler leaves behind, such as a timer, may hold its context for ever.
 */
export class ServerState implements Context, RPCMetadata {
  readonly type: RPCType = RPCType.HTTP
  readonly span: Span
  /** The template of the path, such as `/users/:id`: who knows it writes it. It goes into the span's name and the metric. */
  route?: string
  /** When it came, by `performance.now()`. */
  readonly startMs: number
  /** As conventions write it, and as it came: the app may change `request.method`. */
  readonly method: string
  /** What the response told of, where it did. */
  error?: unknown
  isEnded = false
  /** The context that came in the request's headers. */
  readonly #remote: Context
  #plain: Context | undefined

  constructor(remote: Context, span: Span, method: string, startMs: number) {
    this.#remote = remote
    this.span = span
    this.method = method
    this.startMs = startMs
  }

  getValue(key: symbol): unknown {
    if (key === spanKey) return this.span
    if (key === rpcKey) return this
    return this.#remote.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#toPlain().setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.#toPlain().deleteValue(key)
  }

  /** As the API makes them, which know no more of a value once it has been replaced. */
  #toPlain(): Context {
    return (this.#plain ??= this.#remote.setValue(spanKey, this.span).setValue(rpcKey, this))
  }
}

const contextKey = Symbol('@org/otel: context of a request')

interface WithContext {
  [contextKey]?: Context
}

/** In which context the app answers this request: a `ServerState`, or where it is ignored another one. */
export function contextOf(request: object | undefined): Context | undefined {
  const known: WithContext | undefined = request
  return known?.[contextKey]
}

export function setContextOf(request: object, context: Context): void {
  const known: WithContext = request
  known[contextKey] = context
}

/** What is known of this request, by the object that Node made of it: `undefined` where it is not watched, or ignored. */
export function serverStateOf(request: object): ServerState | undefined {
  const context = contextOf(request)
  return context instanceof ServerState ? context : undefined
}

/** Reads the route off what a framework has left in the request. What it throws counts as `undefined`. */
export type RouteFinder = (request: IncomingMessage, response: ServerResponse) => string | undefined

const finders = new Set<RouteFinder>()

/** Has `find` asked once for each request, when its answer has gone out, where nobody has set `state.route` by then. Returns the undo. */
export function findRoutes(find: RouteFinder): () => void {
  finders.add(find)
  return () => finders.delete(find)
}

export function findRoute(request: IncomingMessage, response: ServerResponse): string | undefined {
  for (const find of finders) {
    const route = find(request, response)
    if (route !== undefined) return route
  }
  return undefined
}
