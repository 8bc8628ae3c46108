import type { IncomingMessage, ServerResponse } from 'node:http'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import type { Durations } from './durations.ts'
import { captureHeaders, type HttpOptions } from './http-options.ts'
import { isEncrypted } from './peers.ts'
import { errorTypeOf, errorTypeOfStatus, markFailed, recordError } from './record-error.ts'
import { safely, tellThrown } from './safely.ts'
import { contextOf, findRoute, ServerState, serverStateOf, setContextOf } from './server-state.ts'
import type { SpanParts } from './span-parts.ts'
import { createStart } from './start-server-span.ts'

const ignored = suppressTracing(ROOT_CONTEXT)

/** The lives of the requests that this process answers, as spans and measurements. Throws nothing. */
export class ServerRequests {
  readonly #options: HttpOptions
  readonly #durations: Durations
  readonly #start: (request: IncomingMessage) => ServerState
  readonly #ignore: HttpOptions['ignoreIncomingRequestHook']
  readonly #onClose: (this: ServerResponse) => void

  constructor(parts: SpanParts & { readonly durations: Durations }) {
    const { ignoreIncomingRequestHook: ignore } = parts.options
    this.#options = parts.options
    this.#durations = parts.durations
    this.#start = createStart(parts)
    this.#ignore = ignore && safely('ignoreIncomingRequestHook', ignore)
    const end = this.end.bind(this)
    this.#onClose = function () {
      end(this.req, this)
    }
  }

  /** Once for each request, before the app hears of it. From then on both objects know its context. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    try {
      if (contextOf(request) !== undefined) return
      const answering = this.#ignore?.(request) === true ? ignored : this.#start(request)
      setContextOf(request, answering)
      setContextOf(response, answering)
      if (!(answering instanceof ServerState)) return
      response.on('close', this.#onClose)
      this.#callHooks(answering, request, response)
    } catch (error) {
      tellThrown('the start of a request', error)
    }
  }

  /** Where all has been handed over, or no more will be. */
  end(request: IncomingMessage, response: ServerResponse): void {
    const state = serverStateOf(response)
    if (state === undefined || state.isEnded) return
    state.isEnded = true
    try {
      this.#end(state, request, response)
    } catch (error) {
      tellThrown('the end of a request', error)
      state.span.end()
    }
  }

  /** Where the app throws instead of answering, which is the end of most processes. */
  fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const state = serverStateOf(response)
    if (state === undefined || state.isEnded) return
    state.error = error
    this.end(request, response)
  }

  #end(state: ServerState, request: IncomingMessage, response: ServerResponse): void {
    const { span, method } = state
    const error = state.error ?? response.errored
    // An answer that was never begun has no status, whatever stands in the response.
    const status = response.headersSent ? response.statusCode : undefined
    const route = state.route ?? safeFindRoute(request, response)
    const errorType = error ? errorTypeOf(error) : errorTypeOfStatus(status, 500)
    if (span.isRecording()) {
      if (status !== undefined) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)
      if (route !== undefined) {
        span.setAttribute(ATTR_HTTP_ROUTE, route)
        span.updateName(`${request.method ?? 'GET'} ${route}`)
      }
      if (error) recordError(span, error)
      else if (errorType !== undefined) markFailed(span, errorType)
      const headers = captureHeaders(this.#options.headers.server.response, name => response.getHeader(name))
      if (headers !== undefined) span.setAttributes(headers)
    }
    const { applyCustomAttributesOnSpan: hook } = this.#options
    if (hook) context.with(state, safely('applyCustomAttributesOnSpan', hook), undefined, span, request, response)
    span.end()
    const seconds = (performance.now() - state.startMs) / 1000
    const detail = isEncrypted(request.socket) ? 'https' : 'http'
    const version = request.httpVersion
    this.#durations.record(seconds, { group: route, detail, method, version, status, errorType }, state)
  }

  #callHooks(state: ServerState, request: IncomingMessage, response: ServerResponse): void {
    const { requestHook, responseHook } = this.#options
    if (requestHook) context.with(state, safely('requestHook', requestHook), undefined, state.span, request)
    if (responseHook) context.with(state, safely('responseHook', responseHook), undefined, state.span, response)
  }
}

const safeFindRoute = safely('the search for a route', findRoute)
