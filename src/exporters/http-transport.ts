import type { Agent, ClientRequest, IncomingMessage, request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { createAttempts, maxAnswerBytes } from './attempts.ts'
import { compress } from './compress.ts'
import { describeError } from './describe-error.ts'
import { judgeHttpStatus } from './http-status.ts'
import { lookup } from './lookup.ts'
import type { Failed } from './outcome.ts'
import { decodeRpcStatus } from './rpc-status.ts'
import type { Answer, Target, Transport } from './transport.ts'
import { createWording, type Wording } from './wording.ts'

/** OTLP over HTTP: one POST for each request, over a connection that is kept. */
export function createHttpTransport(target: Target, contentType: string, bodyPatienceMs?: number): Transport {
  let agent: Agent | undefined
  const client = (): { readonly request: typeof httpRequest; readonly agent: Agent } => {
    // Only the one that is needed, and only now: each costs a process its start, or its end.
    const { request, Agent } = process.getBuiltinModule(target.url.startsWith('https:') ? 'node:https' : 'node:http')
    // One kept connection: a request that met a dead one will not meet another.
    agent ??= new Agent({ keepAlive: true, maxFreeSockets: 1, lookup, ...target.tls })
    return { request, agent }
  }
  const wording = createWording(target)
  const attempts = createAttempts(wording)
  const headers = {
    ...target.headers,
    'content-type': contentType,
    'user-agent': target.userAgent,
    ...(target.compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }
  return {
    send: (data, timeoutMs) =>
      attempts.run(timeoutMs, async signal => {
        const body = await compress(data, target.compression, signal)
        const length = { 'content-length': body.byteLength }
        const terms = { signal, wording, bodyPatienceMs }
        const { request, agent } = client()
        const tryOnce = (): Promise<Answer | undefined> =>
          post(request(target.url, { method: 'POST', agent, headers: { ...headers, ...length } }), body, terms)
        return (await tryOnce()) ?? (await tryOnce()) ?? unreachable('the connection was closed')
      }),
    abandon() {
      attempts.abandon()
      agent?.destroy()
    },
  }
}

interface Terms {
  readonly signal: AbortSignal
  readonly wording: Wording
  readonly bodyPatienceMs: number | undefined
}

/** Undefined where nothing was heard because the collector had meanwhile closed the connection that was kept. */
function post(
  request: ClientRequest,
  body: Uint8Array,
  { signal, wording, bodyPatienceMs }: Terms,
): Promise<Answer | undefined> {
  return new Promise(resolve => {
    let response: IncomingMessage | undefined
    const chunks: Buffer[] = []
    let size = 0
    /** Of an answer that has begun the status is known, whatever happens to the rest of it. */
    const settle = (unanswered?: Answer): void =>
      resolve(response === undefined ? unanswered : judge(response, Buffer.concat(chunks), wording))
    const stop = (): void => {
      settle(signal.reason as Answer)
      request.destroy()
    }
    const fail = (error: Error & { code?: string }): void => {
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      settle(isStale ? undefined : unreachable(wording('', describeError(error))))
    }
    request.on('socket', letGo)
    request.on('error', fail)
    request.on('close', () => {
      signal.removeEventListener('abort', stop)
      settle(unreachable('the connection was closed without an answer'))
    })
    request.on('response', answer => {
      response = answer
      if (bodyPatienceMs !== undefined && isYes(answer)) setTimeout(stop, bodyPatienceMs).unref()
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size <= maxAnswerBytes) return
        settle()
        request.destroy()
      })
      answer.on('error', fail)
      answer.on('end', () => settle())
    })
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    else request.end(body)
  })
}

/** It must not keep the process alive: not before it is connected either, when each address tried has a new handle. */
function letGo(socket: Socket): void {
  socket.unref()
  if (socket.connecting) socket.on('connectionAttempt', () => socket.unref())
}

function isYes({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300
}

function judge(response: IncomingMessage, body: Buffer, wording: Wording): Answer {
  const { statusCode = 0, statusMessage, headers } = response
  if (isYes(response)) return { kind: 'accepted', ...(response.complete && { body }) }
  const message = readMessage(headers['content-type'], body) || statusMessage
  return judgeHttpStatus(statusCode, wording(`HTTP status ${statusCode}`, message), headers['retry-after'])
}

const messages: Readonly<Record<string, (body: Buffer) => string>> = {
  'application/x-protobuf': body => decodeRpcStatus(body)?.message ?? '',
  'application/json': body => String((JSON.parse(body.toString()) as { message?: unknown }).message ?? ''),
  'text/plain': body => body.toString(),
}

function readMessage(contentType = '', body: Buffer): string {
  try {
    return messages[contentType.split(';', 1)[0]!.trim().toLowerCase()]?.(body).trim() ?? ''
  } catch {
    return '' // it was not what it said
  }
}

function unreachable(words: string): Failed {
  return { kind: 'failed', reason: 'unreachable', words }
}
