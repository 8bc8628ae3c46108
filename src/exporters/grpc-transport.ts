import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2'
import { createAttempts, maxAnswerBytes } from './attempts.ts'
import { compress } from './compress.ts'
import { connectHttp2, type Http2Connection } from './connect-http2.ts'
import { describeError } from './describe-error.ts'
import { judgeGrpcStatus } from './grpc-status.ts'
import { judgeHttpStatus } from './http-status.ts'
import { decodeRpcStatus } from './rpc-status.ts'
import type { Answer, Target, Transport } from './transport.ts'
import { createWording, type Wording } from './wording.ts'

/**
 * OTLP over gRPC needs one unary call. On Node's own HTTP/2 that is this file; `@grpc/grpc-js` would cost every
 * process some 35 ms at start and 4 MB on disk. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function createGrpcTransport(target: Target): Transport {
  const wording = createWording(target)
  const attempts = createAttempts(wording)
  let connection: Http2Connection | undefined

  /** Undefined where nothing was heard because the collector had meanwhile closed the connection that was kept. */
  async function tryOnce(body: Buffer, timeoutMs: number, signal: AbortSignal): Promise<Answer | undefined> {
    const isKept = connection?.isOpen() === true
    if (connection === undefined || !isKept) {
      connection?.destroy() // one that the server wants to close would wait for it
      connection = connectHttp2(target)
    }
    const current = connection
    const answer = await call(current.session, { target, body, timeoutMs, signal, wording })
    if (answer.kind !== 'failed' || answer.reason === 'unavailable') return answer
    current.destroy() // what hangs or is broken is not used again
    return isKept && answer.reason === 'unreachable' ? undefined : answer
  }

  return {
    send: (data, timeoutMs) =>
      attempts.run(timeoutMs, async signal => {
        refuseBadHeaders(target.headers)
        const deadline = performance.now() + timeoutMs
        const body = frame(await compress(data, target.compression, signal), target.compression)
        const tryInTime = () => tryOnce(body, deadline - performance.now(), signal)
        return (await tryInTime()) ?? (await tryInTime()) ?? unreachable('the connection was closed')
      }),
    abandon() {
      attempts.abandon()
      connection?.destroy()
    },
  }
}

/** HTTP/2 would leave them out without a word. */
function refuseBadHeaders(headers: Target['headers']): void {
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http')
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
}

interface Call {
  readonly target: Target
  readonly body: Buffer
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly wording: Wording
}

function call(session: ClientHttp2Session, { target, body, timeoutMs, signal, wording }: Call): Promise<Answer> {
  return new Promise(resolve => {
    const stream = session.request({
      ...target.headers,
      ':method': 'POST',
      ':path': target.grpcPath,
      'content-type': 'application/grpc',
      'user-agent': target.userAgent,
      'grpc-timeout': `${Math.min(Math.max(1, Math.round(timeoutMs)), 99_999_999)}m`, // at most eight digits
      te: 'trailers',
      ...(target.compression === 'gzip' && { 'grpc-encoding': 'gzip' }),
    })
    const chunks: Buffer[] = []
    let size = 0
    let headers: IncomingHttpHeaders | undefined
    let trailers: IncomingHttpHeaders | undefined
    const settle = (answer: Answer): void => {
      resolve(answer)
      signal.removeEventListener('abort', stop)
      if (!stream.closed) stream.close(process.getBuiltinModule('node:http2').constants.NGHTTP2_CANCEL)
    }
    const stop = (): void => settle(signal.reason as Answer)
    stream.on('response', found => (headers = found))
    stream.on('trailers', found => (trailers = found))
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxAnswerBytes) settle(refused(`an answer of more than ${maxAnswerBytes} bytes`))
    })
    stream.on('error', error => settle(unreachable(wording('', describeError(error)))))
    stream.on('close', () => settle(judge({ ...headers, ...trailers }, Buffer.concat(chunks), wording)))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    else stream.end(body)
  })
}

/** The status stands in the trailers, and in the headers of an answer that has no body. */
function judge(headers: IncomingHttpHeaders, body: Buffer, wording: Wording): Answer {
  const httpStatus = Number(headers[':status'] ?? 200)
  const code = headers['grpc-status']?.toString()
  if (code === '0') return { kind: 'accepted', ...(body[0] === uncompressed && { body: body.subarray(prefixBytes) }) }
  if (code !== undefined) {
    const status = /^\d{1,4}$/.test(code) ? Number(code) : unknownStatus
    const details = decodeRpcStatus(Buffer.from(String(headers['grpc-status-details-bin'] ?? ''), 'base64'))
    const words = wording(
      `gRPC status ${status}`,
      decodePercents(String(headers['grpc-message'] ?? '')) || details?.message,
    )
    return judgeGrpcStatus(status, words, details?.retryAfterMs)
  }
  // Something on the way that does not speak gRPC.
  if (httpStatus !== 200) return judgeHttpStatus(httpStatus, `HTTP status ${httpStatus}`, headers['retry-after'])
  return unreachable('the connection was closed without a gRPC status')
}

const unknownStatus = 2

/** A compression flag and four bytes of length stand before every message. */
const prefixBytes = 5
const uncompressed = 0

function frame(message: Uint8Array, compression: Target['compression']): Buffer {
  const framed = Buffer.allocUnsafe(prefixBytes + message.length)
  framed.writeUInt8(compression === 'gzip' ? 1 : uncompressed, 0)
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, prefixBytes)
  return framed
}

/** What is no escape stays as it is, as gRPC wants it. */
function decodePercents(message: string): string {
  return message.replaceAll(/(?:%[\da-f]{2})+/gi, escapes => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
}

function unreachable(words: string): Answer {
  return { kind: 'failed', reason: 'unreachable', words }
}

function refused(words: string): Answer {
  return { kind: 'refused', reason: 'rejected', words }
}
