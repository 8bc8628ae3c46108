import type { ClientRequest, IncomingMessage, RequestOptions, ServerResponse } from 'node:http'
import type { Attributes, Span } from '@opentelemetry/api'
import { readHook } from '../read-hook.ts'
import { secretQueryNames } from '../secret-query.ts'

/** Which headers become attributes: the name to look for, and the attribute's key. */
export type HeaderCapture = readonly (readonly [name: string, key: string])[]

type Message = ClientRequest | IncomingMessage | ServerResponse

/** The options of the official HTTP instrumentation, as far as they are what they should be. */
export interface HttpOptions {
  readonly requestHook: ((span: Span, request: Message) => void) | undefined
  readonly responseHook: ((span: Span, response: Message) => void) | undefined
  readonly applyCustomAttributesOnSpan: ((span: Span, request: Message, response: Message) => void) | undefined
  readonly startIncomingSpanHook: ((request: IncomingMessage) => Attributes) | undefined
  readonly startOutgoingSpanHook: ((request: RequestOptions) => Attributes) | undefined
  readonly ignoreIncomingRequestHook: ((request: IncomingMessage) => unknown) | undefined
  readonly ignoreOutgoingRequestHook: ((request: RequestOptions) => unknown) | undefined
  readonly disableIncomingRequestInstrumentation: boolean
  readonly disableOutgoingRequestInstrumentation: boolean
  readonly requireParentforIncomingSpans: boolean
  readonly requireParentforOutgoingSpans: boolean
  readonly enableSyntheticSourceDetection: boolean
  /** Names of query parameters whose values are credentials. */
  readonly secretsOfClient: ReadonlySet<string>
  readonly secretsOfServer: ReadonlySet<string>
  readonly headers: {
    readonly client: { readonly request: HeaderCapture; readonly response: HeaderCapture }
    readonly server: { readonly request: HeaderCapture; readonly response: HeaderCapture }
  }
}

type Given = Readonly<Record<string, unknown>>

export function readHttpOptions(given: Given): HttpOptions {
  const hook = <F>(name: string): F | undefined => readHook<F>(given, name)
  const capture = (side: string, kind: 'request' | 'response') =>
    captureOf(kind, objectOf(objectOf(given['headersToSpanAttributes'])[side])[`${kind}Headers`])
  const headersOf = (side: string) => ({ request: capture(side, 'request'), response: capture(side, 'response') })
  return {
    requestHook: hook('requestHook'),
    responseHook: hook('responseHook'),
    applyCustomAttributesOnSpan: hook('applyCustomAttributesOnSpan'),
    startIncomingSpanHook: hook('startIncomingSpanHook'),
    startOutgoingSpanHook: hook('startOutgoingSpanHook'),
    ignoreIncomingRequestHook: hook('ignoreIncomingRequestHook'),
    ignoreOutgoingRequestHook: hook('ignoreOutgoingRequestHook'),
    disableIncomingRequestInstrumentation: given['disableIncomingRequestInstrumentation'] === true,
    disableOutgoingRequestInstrumentation: given['disableOutgoingRequestInstrumentation'] === true,
    requireParentforIncomingSpans: given['requireParentforIncomingSpans'] === true,
    requireParentforOutgoingSpans: given['requireParentforOutgoingSpans'] === true,
    enableSyntheticSourceDetection: given['enableSyntheticSourceDetection'] === true,
    secretsOfClient: secretsOf(given['redactedQueryParams']),
    secretsOfServer: secretsOf(given['redactedQueryParamsServer']),
    headers: { client: headersOf('client'), server: headersOf('server') },
  }
}

/** What is no list does not lay secrets open. */
function secretsOf(names: unknown): ReadonlySet<string> {
  return new Set(Array.isArray(names) ? stringsOf(names) : secretQueryNames)
}

export function captureOf(kind: string, names: unknown): HeaderCapture {
  return [...new Set(stringsOf(names).map(name => name.toLowerCase()))].map(name => [
    name,
    `http.${kind}.header.${name}`,
  ])
}

/** The headers that were asked for, each as a list, as conventions want it. */
export function captureHeaders(capture: HeaderCapture, read: (name: string) => unknown): Attributes | undefined {
  if (capture.length === 0) return undefined
  const attributes: Attributes = {}
  for (const [name, key] of capture) {
    const value = read(name)
    if (value !== undefined) attributes[key] = (Array.isArray(value) ? value : [value]) as string[]
  }
  return attributes
}

export function objectOf(value: unknown): Given {
  return typeof value === 'object' && value !== null ? (value as Given) : {}
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
