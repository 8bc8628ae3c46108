import { createAttempts, maxAnswerBytes } from './attempts.ts'
import { compress } from './compress.ts'
import { describeError } from './describe-error.ts'
import { createHttp1Connections, type Http1Connection } from './http1-connections.ts'
import { judgeHttpStatus } from './http-status.ts'
import type { Failed } from './outcome.ts'
import { type Http1Answer, type Http1Head, readHttp1 } from './read-http1.ts'
import { decodeRpcStatus } from './rpc-status.ts'
import type { Answer, Target, Transport } from './transport.ts'
import { createWording, type Wording } from './wording.ts'
import { writeHttp1 } from './write-http1.ts'

/** OTLP over HTTP: one POST for each request, over a connection that is kept. */
export function createHttpTransport(target: Target, contentType: string, bodyPatienceMs?: number): Transport {
  const connections = createHttp1Connections(target)
  const wording = createWording(target)
  const attempts = createAttempts(wording)
  const url = new URL(target.url)
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
        const head = writeHttp1(url, { ...headers, 'content-length': `${body.byteLength}` })
        const tryOnce = (connection: Http1Connection): Promise<Answer> =>
          post(connection, { head, body }, { signal, wording, bodyPatienceMs })
        const kept = connections.takeIdle()
        const answer = kept ? await tryOnce(kept) : stale
        return answer === stale ? tryOnce(connections.open()) : answer
      }),
    abandon() {
      attempts.abandon()
      connections.destroy()
    },
  }
}

interface Terms {
  readonly signal: AbortSignal
  readonly wording: Wording
  readonly bodyPatienceMs: number | undefined
}

/** Nothing was heard because the collector had meanwhile closed the connection that was kept. */
const stale: Answer = unreachable('the connection was closed')

function post(
  connection: Http1Connection,
  { head, body }: { readonly head: string; readonly body: Uint8Array },
  { signal, wording, bodyPatienceMs }: Terms,
): Promise<Answer> {
  return new Promise(resolve => {
    const answer = readHttp1()
    let isHeard = false
    let patience: NodeJS.Timeout | undefined
    /** Of an answer that has begun the status is known, whatever happens to the rest of it. */
    const settle = (unanswered: Answer): void => {
      signal.removeEventListener('abort', stop)
      clearTimeout(patience)
      if (answer.isComplete) connection.release(answer.hasExcess ? undefined : answer.head?.idleMs)
      else connection.destroy()
      resolve(answer.head ? judge(answer.head, answer, wording) : unanswered)
    }
    const stop = (): void => settle(signal.reason as Answer)
    const finish = (error?: Error & { code?: string }): void => {
      const isReset = error === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE'
      const words = error === undefined ? 'socket hang up' : describeError(error)
      settle(connection.isKept && isReset && !isHeard ? stale : unreachable(wording('', words)))
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) return stop()
    connection.post(head, body, {
      hear(bytes) {
        isHeard = true
        try {
          answer.read(bytes)
        } catch (error) {
          return finish(error as Error)
        }
        if (answer.isComplete || answer.bodyBytes > maxAnswerBytes) return finish()
        if (bodyPatienceMs !== undefined && isYes(answer.head)) patience ??= setTimeout(stop, bodyPatienceMs).unref()
      },
      end() {
        answer.end()
        finish()
      },
      fail: finish,
    })
  })
}

function isYes(head: Http1Head | undefined): boolean {
  return head !== undefined && head.status >= 200 && head.status < 300
}

function judge(head: Http1Head, { body, isComplete }: Http1Answer, wording: Wording): Answer {
  const { status, reason, fields } = head
  const bytes = Buffer.concat(body)
  if (isYes(head)) return { kind: 'accepted', ...(isComplete && { body: bytes }) }
  const message = readMessage(fields.get('content-type')?.[0], bytes) || reason
  return judgeHttpStatus(status, wording(`HTTP status ${status}`, message), fields.get('retry-after')?.[0])
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
