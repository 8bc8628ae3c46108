import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { context, type Context } from '@opentelemetry/api'
import { contextOf, ServerState } from './server-state.ts'

type Emit = (this: Emitter, event: string | symbol, ...args: unknown[]) => boolean

interface Emitter {
  emit: Emit
  listenerCount(event: string | symbol): number
  rawListeners(event: string | symbol): readonly { readonly name: string }[]
}

interface Answering {
  begin(request: IncomingMessage, response: ServerResponse): void
  beginHandshake(request: IncomingMessage, socket: Duplex): void
  end(request: IncomingMessage, response: ServerResponse): void
  fail(request: IncomingMessage): void
}

/** The events by which a server gives a request to the app. */
const givings: ReadonlyMap<unknown, 'begin' | 'beginHandshake'> = new Map([
  ['request', 'begin'],
  ['checkContinue', 'begin'],
  ['checkExpectation', 'begin'],
  ['upgrade', 'beginHandshake'],
  ['connect', 'beginHandshake'],
])

/** Servers whose listeners run in the contexts of their requests. */
export interface ServerPatch {
  /** To be called with the class of each server: what is known already costs nothing. */
  reach(prototype: object): void
  undo(): void
}

/**
 * Has the listeners of a server run in the context of the request that they answer, and in no other's: a context that is
 * entered in the channel instead stays on the connection on Node.js 22, for the requests after it. In place of the one
 * emit of all servers, because those of `http`, `https` and `http2`, which may speak HTTP/1 as well, share nothing else;
 * and of those that others have put before it, as PM2 does, which call past ours.
 */
export function patchServers(requests: Answering): ServerPatch {
  const reached = new WeakSet<object>()
  const undo: (() => void)[] = []
  let latest: object | undefined
  return {
    reach(prototype) {
      if (prototype === latest) return
      latest = prototype
      const { Server } = process.getBuiltinModule('node:net')
      let link: object | null = prototype
      for (; link !== null && !reached.has(link); link = Object.getPrototypeOf(link) as object | null) {
        reached.add(link)
        if (link === Server.prototype || Object.hasOwn(link, 'emit')) undo.unshift(patchServer(link, requests))
        if (link === Server.prototype) break
      }
    },
    undo: () => undo.forEach(act => act()),
  }
}

function patchServer(prototype: object, requests: Answering): () => void {
  return replaceEmit(prototype, emit => {
    const emitIn = createEmitIn(emit)
    return function (...args) {
      const [event, request, answer] = args
      if (typeof request !== 'object' || request === null) return Reflect.apply(emit, this, args)
      // Most have begun: here begins what no channel tells of, and what an adapter of some platform emits.
      if (contextOf(request) === undefined) {
        const begin = givings.get(event)
        if (begin !== undefined && isOfHttp1(request)) requests[begin](request, answer as ServerResponse & Duplex)
      }
      const answering = contextOf(request)
      if (answering === undefined || context.active() === answering) return Reflect.apply(emit, this, args)
      // Not caught: of what is thrown anew Node shows a line of ours, where that of the app should be.
      let isOver = false
      try {
        const isHeard = emitIn(answering, this, args)
        isOver = true
        return isHeard
      } finally {
        if (!isOver) requests.fail(request as IncomingMessage)
      }
    }
  })
}

/**
 * Has the listeners of a request and of its response run in its context too. What Node tells of comes from the connection,
 * which has none; the official instrumentation wraps each listener when it is added instead.
 */
export function patchMessages(requests: Answering): () => void {
  const { IncomingMessage: Incoming, ServerResponse: Response } = process.getBuiltinModule('node:http')
  const undoRequest = replaceEmit(Incoming.prototype, emit => {
    const emitIn = createEmitIn(emit)
    return function (...args) {
      const answering = contextOf(this)
      return answering === undefined || !needsContext(this, args[0], answering)
        ? Reflect.apply(emit, this, args)
        : emitIn(answering, this, args)
    }
  })
  const undoResponse = replaceEmit(Response.prototype, emit => {
    const emitIn = createEmitIn(emit)
    return function (...args) {
      const response = this as unknown as ServerResponse
      const answering = contextOf(response.req)
      if (answering === undefined) return Reflect.apply(emit, this, args)
      if (args[0] === 'error' && answering instanceof ServerState) answering.error ??= args[1]
      const isHeard = needsContext(this, args[0], answering)
        ? emitIn(answering, this, args)
        : Reflect.apply(emit, this, args)
      // The app's listeners have said in the span what they had to say.
      if (args[0] === 'close') requests.end(response.req, response)
      return isHeard
    }
  })
  return () => [undoRequest, undoResponse].forEach(undo => undo())
}

function createEmitIn(emit: Emit): (context: Context, emitter: Emitter, args: Parameters<Emit>) => boolean {
  const emitFor = (emitter: Emitter, args: Parameters<Emit>): boolean => Reflect.apply(emit, emitter, args)
  return (answering, emitter, args) => context.with(answering, emitFor, undefined, emitter, args)
}

/** To change the context costs more than all else that we do in `emit`: not for nobody, and not for Node itself. */
function needsContext(emitter: Emitter, event: string | symbol, answering: Context): boolean {
  const count = emitter.listenerCount(event)
  if (count === 0 || context.active() === answering) return false
  const own = ofNode.get(event)
  return count > 1 || own === undefined || emitter.rawListeners(event)[0]?.name !== own
}

/** What Node itself listens to, and by which function. */
const ofNode: ReadonlyMap<unknown, string> = new Map([
  ['end', 'clearIncoming'],
  ['finish', 'bound resOnFinish'],
])

/** `node:http` costs much to load; who has a request has loaded it. */
function isOfHttp1(request: object): request is IncomingMessage {
  return request instanceof process.getBuiltinModule('node:http').IncomingMessage
}

/** Gives a prototype an `emit` of its own. Whoever has put another one over it by the time of the undo keeps it. */
function replaceEmit(prototype: object, replace: (emit: Emit) => Emit): () => void {
  const emitter = prototype as Emitter
  const had = Object.getOwnPropertyDescriptor(prototype, 'emit')
  const value = replace(emitter.emit)
  Object.defineProperty(prototype, 'emit', { value, writable: true, configurable: true, enumerable: false })
  return () => {
    if (emitter.emit !== value) return
    if (had === undefined) delete (prototype as Partial<Emitter>).emit
    else Object.defineProperty(prototype, 'emit', had)
  }
}
