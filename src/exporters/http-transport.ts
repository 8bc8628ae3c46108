import * as http from 'node:http'
import * as https from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type ExportResponse, OTLPExporterError } from '@opentelemetry/otlp-exporter-base'
import type { OtlpConfig } from '../config/config.ts'
import type { Transport } from './transport.ts'

export interface HttpTransportOptions extends Pick<OtlpConfig, 'url' | 'headers' | 'compression' | 'tls'> {
  readonly contentType: string
  readonly userAgent: string
}

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable = new Set([429, 502, 503, 504])
/** An answer of a collector has a few bytes; more is a mistake in the address. */
const maxAnswerBytes = 4 * 1024 * 1024
const compress = promisify(gzip)

/** OTLP over HTTP: one POST for each request, over connections that are kept. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { request, Agent } = options.url.startsWith('https:') ? https : http
  const agent = new Agent({ keepAlive: true, ...options.tls })
  const headers = {
    ...options.headers,
    'content-type': options.contentType,
    'user-agent': options.userAgent,
    ...(options.compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }
  return {
    async send(data, timeoutMs) {
      try {
        const body = options.compression === 'gzip' ? await compress(data) : data
        const length = { 'content-length': body.byteLength }
        return await post(
          request(options.url, { method: 'POST', agent, headers: { ...headers, ...length } }),
          body,
          timeoutMs,
        )
      } catch (error) {
        return { status: 'failure', error: error as Error } // a header that HTTP does not allow
      }
    },
    shutdown() {
      agent.destroy()
    },
  }
}

function post(request: http.ClientRequest, body: Uint8Array, timeoutMs: number): Promise<ExportResponse> {
  return new Promise(resolve => {
    const tooLate = new Error(`no answer within ${Math.round(timeoutMs)} ms`)
    const deadline = setTimeout(() => request.destroy(tooLate), timeoutMs)
    deadline.unref()
    request.on('socket', socket => socket.unref())
    let answer: http.IncomingMessage | undefined
    // Whatever goes wrong on the way may go well the next time; of an answer that has begun the status is known.
    const fail = (error: Error): void =>
      resolve(answer === undefined ? { status: 'retryable', error } : outcome(answer, undefined, error))
    request.on('error', fail)
    request.on('close', () => clearTimeout(deadline))
    request.on('response', response => {
      answer = response
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size > maxAnswerBytes) response.destroy(new Error(`an answer of more than ${maxAnswerBytes} bytes`))
      })
      response.on('error', fail)
      response.on('end', () => resolve(outcome(response, Buffer.concat(chunks))))
    })
    request.end(body)
  })
}

function outcome(response: http.IncomingMessage, body: Buffer | undefined, cause?: Error): ExportResponse {
  const { statusCode = 0, statusMessage, headers } = response
  if (statusCode >= 200 && statusCode < 300) return { status: 'success', ...(body && { data: body }) }
  const error = cause ?? new OTLPExporterError(statusMessage, statusCode, body?.toString())
  if (!retryable.has(statusCode)) return { status: 'failure', error }
  const retryInMillis = parseRetryAfter(headers['retry-after'])
  return { status: 'retryable', error, ...(retryInMillis !== undefined && { retryInMillis }) }
}

/** Seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const pause = Number.isNaN(Number(value)) ? Date.parse(value) - Date.now() : Number(value) * 1000
  return Number.isNaN(pause) ? undefined : Math.max(0, pause)
}
