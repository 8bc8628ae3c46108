import * as http2 from 'node:http2'
import { gzipSync } from 'node:zlib'
import type { ExportResponse } from '@opentelemetry/otlp-exporter-base'
import type { OtlpConfig } from '../config/config.ts'
import type { Transport } from './transport.ts'

export interface GrpcTransportOptions extends Pick<OtlpConfig, 'url' | 'headers' | 'compression' | 'tls'> {
  /** `/package.Service/Method` */
  readonly path: string
  readonly userAgent: string
}

/** Codes after which the OTLP specification allows to send the same again. */
const retryable = new Set([1, 4, 8, 10, 11, 14, 15])
const unavailable = 14

/**
 * OTLP over gRPC needs one unary call. On Node's own HTTP/2 that is this file; `@grpc/grpc-js` would cost every
 * process some 35 ms at start and 4 MB on disk. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  let session: http2.ClientHttp2Session | undefined

  function connected(): http2.ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session
    const opened = http2.connect(options.url, options.tls)
    // Without a listener a refused connection would be an uncaught exception of the app; the call learns of it itself.
    opened.on('error', () => {})
    opened.on('goaway', () => opened.close())
    opened.unref()
    session = opened
    return opened
  }

  return {
    send: (data, timeoutMs) =>
      call(connected(), options, frame(data, options.compression), Math.max(1, Math.round(timeoutMs))),
    shutdown() {
      session?.destroy()
    },
  }
}

function call(
  session: http2.ClientHttp2Session,
  options: GrpcTransportOptions,
  body: Buffer,
  timeoutMs: number,
): Promise<ExportResponse> {
  return new Promise(resolve => {
    const stream = session.request({
      ...options.headers,
      ':method': 'POST',
      ':path': options.path,
      'content-type': 'application/grpc',
      'user-agent': options.userAgent,
      'grpc-timeout': `${Math.min(timeoutMs, 99_999_999)}m`, // at most eight digits
      te: 'trailers',
      ...(options.compression === 'gzip' && { 'grpc-encoding': 'gzip' }),
    })
    const chunks: Buffer[] = []
    let status: http2.IncomingHttpHeaders = {}
    let httpStatus: number | undefined
    const deadline = setTimeout(() => finish(failure(4, `no answer within ${timeoutMs} ms`)), timeoutMs)
    deadline.unref()

    function finish(response: ExportResponse): void {
      clearTimeout(deadline)
      resolve(response)
      if (!stream.closed) stream.close(http2.constants.NGHTTP2_CANCEL)
    }

    stream.on('response', headers => {
      httpStatus = Number(headers[':status'])
      if (headers['grpc-status'] !== undefined) status = headers // an answer without a body has its status here
    })
    stream.on('trailers', trailers => (status = trailers))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', error => finish(failure(unavailable, describe(error))))
    stream.on('close', () => finish(outcome(status, httpStatus, Buffer.concat(chunks))))
    stream.end(body)
  })
}

function outcome(status: http2.IncomingHttpHeaders, httpStatus: number | undefined, body: Buffer): ExportResponse {
  const code = status['grpc-status']
  if (code === '0') return { status: 'success', data: body.subarray(5) }
  if (code !== undefined) return failure(Number(code), decodeMessage(String(status['grpc-message'] ?? '')))
  if (httpStatus !== undefined && httpStatus !== 200) return failure(2, `HTTP status ${httpStatus}`)
  return failure(unavailable, 'the connection was closed without a gRPC status')
}

function failure(code: number, message: string): ExportResponse {
  const error = new Error(`gRPC status ${code}${message === '' ? '' : `: ${message}`}`)
  return retryable.has(code) ? { status: 'retryable', error } : { status: 'failure', error }
}

/** One length-prefixed message: a compression flag, four bytes of length, the message. */
function frame(data: Uint8Array, compression: OtlpConfig['compression']): Buffer {
  const message = compression === 'gzip' ? gzipSync(data) : data
  const framed = Buffer.allocUnsafe(5 + message.length)
  framed.writeUInt8(compression === 'gzip' ? 1 : 0, 0)
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, 5)
  return framed
}

function decodeMessage(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

function describe(error: Error & { code?: string }): string {
  return error.message || error.code || error.name
}
