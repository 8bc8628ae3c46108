import type { Attributes, Span } from '@opentelemetry/api'
import { captureOf, type HeaderCapture, objectOf } from '../http/http-options.ts'
import { readHook } from '../read-hook.ts'
import type { UndiciRequest } from './undici-request.ts'

export interface UndiciResponse {
  readonly statusCode: number
  /** `name, value, name, value`, as buffers. */
  readonly headers: unknown
}

/** The options of the official instrumentation, as far as they are what they should be. */
export interface UndiciOptions {
  readonly ignoreRequestHook: ((request: UndiciRequest) => unknown) | undefined
  readonly requestHook: ((span: Span, request: UndiciRequest) => void) | undefined
  readonly responseHook:
    | ((span: Span, exchange: { request: UndiciRequest; response: UndiciResponse }) => void)
    | undefined
  readonly startSpanHook: ((request: UndiciRequest) => Attributes | undefined) | undefined
  readonly requireParentforSpans: boolean
  readonly headers: { readonly request: HeaderCapture; readonly response: HeaderCapture }
}

export function readUndiciOptions(given: Readonly<Record<string, unknown>>): UndiciOptions {
  const hook = <F>(name: string): F | undefined => readHook<F>(given, name)
  const headers = objectOf(given['headersToSpanAttributes'])
  return {
    ignoreRequestHook: hook('ignoreRequestHook'),
    requestHook: hook('requestHook'),
    responseHook: hook('responseHook'),
    startSpanHook: hook('startSpanHook'),
    requireParentforSpans: given['requireParentforSpans'] === true,
    headers: {
      request: captureOf('request', headers['requestHeaders']),
      response: captureOf('response', headers['responseHeaders']),
    },
  }
}
