import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { context, type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import type { Durations } from './durations.ts'
import { awaitAnswer } from './handshake.ts'
import { captureHeaders, type HttpOptions } from './http-options.ts'
import { isEncrypted } from './peers.ts'
import { errorTypeOf, errorTypeOfStatus, markFailed, recordError } from './record-error.ts'
import { onUncaught } from './on-uncaught.ts'
import { safely, tellThrown } from './safely.ts'
import { contextOf, findRoute, ServerState, serverStateOf, setContextOf } from './server-state.ts'
import type { SpanParts } from './span-parts.ts'
import { createBeginning } from './start-server-span.ts'

const ignored = suppressTracing(ROOT_CONTEXT)
const safeFindRoute = safely('the search for a route', findRoute)

/** What became of a request. */
interface Outcome {
  readonly status: number | undefined
  readonly error?: unknown
  readonly route?: string | undefined
  /** Where the app answered by one, and not on the socket itself. */
  readonly response?: ServerResponse
}

/** The lives of the requests that this process answers, as spans and measurements. Throws nothing. */
export class ServerRequests {
  readonly #options: HttpOptions
  readonly #durations: Durations
  readonly #start: (request: IncomingMessage) => ServerState
  readonly #ignore: HttpOptions['ignoreIncomingRequestHook']

  constructor(parts: SpanParts & { readonly durations: Durations }) {
    const { ignoreIncomingRequestHook: ignore } = parts.options
    this.#options = parts.options
    this.#durations = parts.durations
    this.#start = createBeginning(parts)
    this.#ignore = ignore && safely('ignoreIncomingRequestHook', ignore)
  }

  /** Once for each request, before the app hears of it. From then on it knows its context. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    if (contextOf(request) !== undefined) return
    try {
      const answering = this.#enter(request)
      const { responseHook: hook } = this.#options
      if (hook && answering instanceof ServerState) {
        context.with(answering, safely('responseHook', hook), undefined, answering.span, response)
      }
    } catch (error) {
      tellThrown('the start of a request', error)
    }
  }

  /** The same for a request that asks for another protocol, and gets its answer on the socket. */
  beginHandshake(request: IncomingMessage, socket: Duplex): void {
    if (contextOf(request) !== undefined) return
    try {
      const state = this.#enter(request)
      if (state instanceof ServerState) awaitAnswer(socket, status => this.#end(state, request, { status }))
    } catch (error) {
      tellThrown('the start of a request', error)
    }
  }

  /** Where all has been handed over, or no more will be. */
  end(request: IncomingMessage, response: ServerResponse): void {
    const state = serverStateOf(request)
    if (state === undefined || state.isEnded) return
    const error = state.error ?? response.errored
    // An answer that was never begun has no status, whatever stands in the response.
    const status = response.headersSent ? response.statusCode : undefined
    this.#end(state, request, { status, error, route: state.route ?? safeFindRoute(request, response), response })
  }

  /** Where the app throws instead of answering, which is the end of most processes: Node tells what nobody catches. */
  fail(request: IncomingMessage): void {
    const state = serverStateOf(request)
    if (state === undefined) return
    onUncaught(error => this.#end(state, request, { status: undefined, error, route: state.route }))
  }

  #enter(request: IncomingMessage): Context {
    const answering = this.#ignore?.(request) === true ? ignored : this.#start(request)
    setContextOf(request, answering)
    const { requestHook: hook } = this.#options
    if (hook && answering instanceof ServerState) {
      context.with(answering, safely('requestHook', hook), undefined, answering.span, request)
    }
    return answering
  }

  #end(state: ServerState, request: IncomingMessage, outcome: Outcome): void {
    if (state.isEnded) return
    state.isEnded = true
    try {
      this.#tell(state, request, outcome)
    } catch (error) {
      tellThrown('the end of a request', error)
      state.span.end()
    }
  }

  #tell(state: ServerState, request: IncomingMessage, { status, error, route, response }: Outcome): void {
    const { span, method } = state
    const errorType = error ? errorTypeOf(error) : errorTypeOfStatus(status, 500)
    if (span.isRecording()) {
      if (status !== undefined) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)
      if (route !== undefined) {
        span.setAttribute(ATTR_HTTP_ROUTE, route)
        span.updateName(`${request.method ?? 'GET'} ${route}`)
      }
      if (error) recordError(span, error)
      else if (errorType !== undefined) markFailed(span, errorType)
      const headers = captureHeaders(this.#options.headers.server.response, name => response?.getHeader(name))
      if (headers !== undefined) span.setAttributes(headers)
    }
    const { applyCustomAttributesOnSpan: hook } = this.#options
    if (hook && response) {
      context.with(state, safely('applyCustomAttributesOnSpan', hook), undefined, span, request, response)
    }
    span.end()
    const seconds = (performance.now() - state.startMs) / 1000
    const detail = isEncrypted(request.socket) ? 'https' : 'http'
    const version = request.httpVersion
    this.#durations.record(seconds, { group: route, detail, method, version, status, errorType }, state)
  }
}
