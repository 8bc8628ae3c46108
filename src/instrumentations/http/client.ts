import type { ClientRequest, IncomingMessage } from 'node:http'
import { context } from '@opentelemetry/api'
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_VERSION,
} from '@opentelemetry/semantic-conventions'
import { type ClientState, clientStateOf, setClientState } from './client-state.ts'
import { describePlace } from './describe-outgoing.ts'
import type { Durations } from './durations.ts'
import { captureHeaders, type HttpOptions } from './http-options.ts'
import { errorTypeOf, errorTypeOfStatus, markFailed, recordError } from './record-error.ts'
import { safely, tellThrown } from './safely.ts'
import type { SpanParts } from './span-parts.ts'
import { createBeginning } from './start-client-span.ts'

type OwnResponse = IncomingMessage & { readonly req: ClientRequest }
type OwnRequest = ClientRequest & { readonly res: IncomingMessage | null }

/** The lives of the requests that this process makes, as spans and measurements. Throws nothing. */
export class ClientRequests {
  readonly #options: HttpOptions
  readonly #durations: Durations
  readonly #start: (request: ClientRequest) => ClientState | undefined
  readonly #onClose: (this: OwnRequest) => void
  readonly #onEnd: (this: OwnResponse) => void

  constructor(parts: SpanParts & { readonly durations: Durations }) {
    this.#options = parts.options
    this.#durations = parts.durations
    this.#start = createBeginning(parts)
    const end = this.end.bind(this)
    this.#onClose = function () {
      end(this, this.res)
    }
    this.#onEnd = function () {
      end(this.req, this)
    }
  }

  /** When Node has made the request, and nothing of it has gone out. */
  begin(request: ClientRequest): void {
    try {
      const state = this.#start(request)
      if (state === undefined) return
      setClientState(request, state)
      request.on('close', this.#onClose)
      const { requestHook } = this.#options
      if (requestHook) safely('requestHook', requestHook)(state.span, request)
    } catch (error) {
      tellThrown('the start of a request', error)
    }
  }

  /** When the headers of the answer are there. Its body ends the span: to be heard of before whoever ends the process then. */
  answer(request: ClientRequest, response: IncomingMessage): void {
    const state = clientStateOf(request)
    if (state === undefined) return
    response.on('end', this.#onEnd)
    try {
      this.#describeAnswer(state, request, response)
    } catch (error) {
      tellThrown('the answer to a request', error)
    }
  }

  fail(request: ClientRequest, error: Error): void {
    this.end(request, (request as OwnRequest).res, error)
  }

  /** Where all has come, or no more will. */
  end(request: ClientRequest, response: IncomingMessage | null, thrown?: Error): void {
    const state = clientStateOf(request)
    if (state === undefined || state.isEnded) return
    state.isEnded = true
    try {
      this.#end(state, request, response, thrown)
    } catch (error) {
      tellThrown('the end of a request', error)
      state.span.end()
    }
  }

  #describeAnswer(state: ClientState, request: ClientRequest, response: IncomingMessage): void {
    const { span } = state
    const { remoteAddress: address, remotePort: port } = response.socket
    this.#learnPort(state, request, port)
    if (span.isRecording()) {
      span.setAttributes({ [ATTR_NETWORK_PEER_ADDRESS]: address, [ATTR_NETWORK_PEER_PORT]: port })
    }
    const { responseHook } = this.#options
    if (responseHook) safely('responseHook', responseHook)(span, response)
  }

  #learnPort(state: ClientState, request: ClientRequest, port: unknown): void {
    if (!state.target.isGuess || typeof port !== 'number') return
    state.target = { ...state.target, port, isGuess: false }
    if (state.span.isRecording()) state.span.setAttributes(describePlace(request, state.target, this.#options))
  }

  #end(state: ClientState, request: ClientRequest, response: IncomingMessage | null, thrown: unknown): void {
    this.#learnPort(state, request, (thrown as { readonly port?: unknown } | undefined)?.port)
    const { span, method, target } = state
    const error = thrown ?? (response?.complete === false && !isGivenUp(response) ? response.errored : undefined)
    const status = response?.statusCode
    const version = response?.httpVersion
    const errorType = error ? errorTypeOf(error) : errorTypeOfStatus(status, 400)
    if (span.isRecording()) {
      const { request: sent, response: received } = this.#options.headers.client
      if (response !== null) {
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode)
        span.setAttribute(ATTR_NETWORK_PROTOCOL_VERSION, response.httpVersion)
        const headers = captureHeaders(received, name => response.headers[name])
        if (headers !== undefined) span.setAttributes(headers)
      }
      const headers = captureHeaders(sent, name => request.getHeader(name))
      if (headers !== undefined) span.setAttributes(headers)
      if (error) recordError(span, error)
      else if (errorType !== undefined) markFailed(span, errorType)
    }
    const { applyCustomAttributesOnSpan: hook } = this.#options
    if (hook && response !== null) safely('applyCustomAttributesOnSpan', hook)(span, request, response)
    span.end()
    const seconds = (performance.now() - state.startMs) / 1000
    const { host: group, port: detail } = target
    this.#durations.record(seconds, { group, detail, method, version, status, errorType }, context.active())
  }
}

/** Node throws away what still comes where the app has destroyed its request: it has what it wanted, and nothing failed. */
function isGivenUp(response: IncomingMessage): boolean {
  return (response as { readonly _dumped?: unknown })._dumped === true
}
