import type { Socket } from 'node:net'
import { type Attributes, context, propagation, type Span, SpanKind } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions'
import { ChildContext } from '../http/child-context.ts'
import type { Durations } from '../http/durations.ts'
import { captureHeaders, type HeaderCapture } from '../http/http-options.ts'
import { normalizeMethod } from '../http/methods.ts'
import { errorTypeOfStatus, markFailed, recordError } from '../http/record-error.ts'
import { readPath } from '../http/safe-url.ts'
import { safely } from '../http/safely.ts'
import { createStart, hasParent, noSpan, type TracerParts } from '../http/span-parts.ts'
import { type Origin, readOrigin } from './origins.ts'
import { readSafeQuery } from './safe-target.ts'
import type { UndiciOptions, UndiciResponse } from './undici-options.ts'
import { eachHeader, readHeader, setter, type UndiciRequest } from './undici-request.ts'

/** What is known of a request. It dies with the request, at which it hangs. */
interface State {
  readonly span: Span
  readonly startMs: number
  readonly method: string
  readonly origin: Origin
  version: string | undefined
  status: number | undefined
}

const stateKey = Symbol('@org/otel: state of a request')
type Known = UndiciRequest & { [stateKey]?: State | undefined }

/** The lives of the requests of `fetch` and undici, as spans and measurements. */
export class UndiciRequests {
  readonly #options: UndiciOptions
  readonly #start: ReturnType<typeof createStart>
  readonly #durations: Durations

  constructor(options: UndiciOptions, parts: TracerParts, durations: Durations) {
    this.#options = options
    this.#start = createStart(SpanKind.CLIENT, parts, options.startSpanHook !== undefined)
    this.#durations = durations
  }

  begin(request: Known): void {
    if (request.method !== 'CONNECT') request[stateKey] = this.#begin(request)
  }

  /** When its headers go out, over a connection that is known now. */
  send(request: Known, socket: Socket): void {
    const state = request[stateKey]
    if (state === undefined) return
    state.version = (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2' ? '2' : '1.1'
    if (!state.span.isRecording()) return
    state.span.setAttributes({
      [ATTR_NETWORK_PEER_ADDRESS]: socket.remoteAddress,
      [ATTR_NETWORK_PEER_PORT]: socket.remotePort,
      [ATTR_NETWORK_PROTOCOL_VERSION]: state.version,
      ...capture(this.#options.headers.request, request.headers),
    })
  }

  answer(request: Known, response: UndiciResponse): void {
    const state = request[stateKey]
    if (state === undefined) return
    const { span } = state
    state.status = response.statusCode
    const { responseHook, headers } = this.#options
    if (responseHook) safely('responseHook', responseHook)(span, { request, response })
    if (!span.isRecording()) return
    span.setAttributes({
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: response.statusCode,
      ...capture(headers.response, response.headers),
    })
    const errorType = errorTypeOfStatus(response.statusCode, 400)
    if (errorType !== undefined) markFailed(span, errorType)
  }

  /** Where all has come, or no more will. */
  end(request: Known, error?: unknown): void {
    const state = request[stateKey]
    if (state === undefined) return
    request[stateKey] = undefined
    const { span, method, origin, version, status } = state
    const failure = isAbort(error) ? undefined : error
    const errorType = failure === undefined ? errorTypeOfStatus(status, 400) : typeOf(failure)
    if (failure !== undefined) {
      recordError(span, failure)
      span.setAttribute(ATTR_ERROR_TYPE, errorType!)
    }
    span.end()
    const seconds = (performance.now() - state.startMs) / 1000
    const { href: group, port: detail } = origin
    this.#durations.record(seconds, { group, detail, method, version, status, errorType }, context.active())
  }

  #begin(request: UndiciRequest): State | undefined {
    const parent = context.active()
    if (isTracingSuppressed(parent)) return undefined
    const startMs = performance.now()
    const { ignoreRequestHook, requestHook, startSpanHook, requireParentforSpans } = this.#options
    if (ignoreRequestHook && safely('ignoreRequestHook', ignoreRequestHook)(request)) return undefined
    // Undici tells of no end of a connection that speaks another protocol from now on: it is no span.
    if (request.upgrade) {
      propagation.inject(parent, request, setter)
      return undefined
    }
    const origin = readOrigin(request.path.startsWith('/') ? request.origin : URL.parse(request.path)?.origin)
    if (origin === undefined) return undefined
    const method = normalizeMethod(request.method)
    const name = method === '_OTHER' ? 'HTTP' : method
    const describeAll = (): Attributes => {
      const attributes = describe(request, method, origin)
      return startSpanHook === undefined
        ? attributes
        : { ...attributes, ...safely('startSpanHook', startSpanHook)(request) }
    }
    const span = requireParentforSpans && !hasParent(parent) ? noSpan : this.#start(name, parent, describeAll)
    if (requestHook) safely('requestHook', requestHook)(span, request)
    propagation.inject(new ChildContext(parent, span), request, setter)
    return { span, startMs, method, origin, version: undefined, status: undefined }
  }
}

function describe(request: UndiciRequest, method: string, { href, scheme, host, port }: Origin): Attributes {
  const path = readPath(request.path)
  const query = readSafeQuery(request.path)
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: request.method,
    [ATTR_URL_FULL]: `${href}${path}${query === undefined ? '' : `?${query}`}`,
    [ATTR_URL_PATH]: path,
    [ATTR_URL_QUERY]: query,
    [ATTR_URL_SCHEME]: scheme,
    [ATTR_SERVER_ADDRESS]: host,
    [ATTR_SERVER_PORT]: port,
    [ATTR_USER_AGENT_ORIGINAL]: readHeader(request, 'user-agent'),
  }
}

function capture(wanted: HeaderCapture, headers: unknown): Attributes | undefined {
  if (wanted.length === 0) return undefined
  const all = new Map<string, string[]>()
  eachHeader(headers, (name, value) => {
    const values = all.get(name.toLowerCase()) ?? []
    all.set(name.toLowerCase(), [...values, ...(Array.isArray(value) ? value : [value]).map(String)])
  })
  return captureHeaders(wanted, name => all.get(name))
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || ('code' in error && error.code === DOMException.ABORT_ERR))
  )
}

function typeOf(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown }
  return [code, name].filter(word => typeof word === 'string').find(word => word !== '') ?? 'Error'
}
