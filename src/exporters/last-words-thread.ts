import { setTimeout as sleep } from 'node:timers/promises'
import { type MessagePort, workerData } from 'node:worker_threads'
import { createTransport } from './create-transport.ts'
import type { Answer, Target, Transport } from './transport.ts'

/** What the thread is told. It runs as text, with nothing of the app: see post-last-words.ts. */
export interface LastWords {
  readonly postings: readonly Posting[]
  readonly timeoutMs: number
  /** Takes a `LastAnswer` for every body that was answered. */
  readonly answers: MessagePort
  /** 1 when there is nothing left to wait for. */
  readonly done: Int32Array<SharedArrayBuffer>
}

/** Requests of one signal, sent one after the other. */
export interface Posting {
  readonly target: Target
  readonly bodies: readonly Uint8Array[]
}

export interface LastAnswer {
  readonly posting: number
  readonly body: number
  readonly answer: Answer
}

const firstPauseMs = 100
/** What comes after a yes is not worth the bodies that wait behind it. */
const bodyPatienceMs = 100

const { postings, timeoutMs, answers, done } = workerData as LastWords
const deadline = performance.now() + timeoutMs
const left = (): number => deadline - performance.now()

function finish(): void {
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
}

async function post({ target, bodies }: Posting, posting: number): Promise<void> {
  const transport = createTransport(target, bodyPatienceMs)
  let hopeless: Answer | undefined
  for (const [body, bytes] of bodies.entries()) {
    const answer = hopeless ?? (await insist(transport, bytes))
    if (answer.kind === 'failed' || (answer.kind === 'refused' && answer.credentials)) hopeless = answer
    answers.postMessage({ posting, body, answer } satisfies LastAnswer, [])
  }
}

/** Asks again for as long as the collector says that it cannot now, and there is time. */
async function insist(transport: Transport, bytes: Uint8Array): Promise<Answer> {
  for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
    const answer = await transport.send(bytes, left())
    if (answer.kind !== 'failed' || answer.reason !== 'unavailable') return answer
    const waitMs = Math.max(pauseMs, answer.retryAfterMs ?? 0)
    if (waitMs >= left()) return answer
    await sleep(waitMs)
  }
}

process.on('exit', finish) // whatever happens here, nobody waits for it
const hold = setTimeout(() => {}, timeoutMs) // the sockets do not
void Promise.all(postings.map(post)).finally(() => {
  finish()
  clearTimeout(hold)
})
