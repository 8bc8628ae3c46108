import { setTimeout as sleep } from 'node:timers/promises'
import { type MessagePort, workerData } from 'node:worker_threads'
import { createTransport } from './create-transport.ts'
import type { Answer, Target, Transport } from './transport.ts'

/** What the thread is told. It runs as text, with nothing of the app: see last-post.ts. */
export interface LastWords {
  /** Brings a `LastRequest` each, and undefined after the last; takes a `LastAnswer` each. */
  readonly port: MessagePort
  readonly timeoutMs: number
  /** 1 when there is nothing left to wait for. */
  readonly done: Int32Array<SharedArrayBuffer>
}

export interface LastRequest {
  readonly index: number
  /** Requests of the same go one after the other. */
  readonly group: number
  /** With the first of them only: hundreds of certificates may be in it. */
  readonly target?: Target
  readonly body: Uint8Array
}

export interface LastAnswer {
  readonly index: number
  readonly answer: Answer
}

const firstPauseMs = 100
/** What comes after a yes is not worth the bodies that wait behind it. */
const bodyPatienceMs = 100

const { port, timeoutMs, done } = workerData as LastWords
const deadline = performance.now() + timeoutMs
const left = (): number => deadline - performance.now()

function finish(): void {
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
}

interface Group {
  readonly transport: Transport
  /** The requests before. */
  turn: Promise<void>
  hopeless: Answer | undefined
}

const groups = new Map<number, Group>()

function groupOf({ group: id, target }: LastRequest): Group {
  let group = groups.get(id)
  if (group === undefined) {
    group = { transport: createTransport(target!, bodyPatienceMs), turn: Promise.resolve(), hopeless: undefined }
    groups.set(id, group)
  }
  return group
}

async function post(group: Group, { index, body }: LastRequest): Promise<void> {
  const answer = group.hopeless ?? (await insist(group.transport, body))
  if (answer.kind === 'failed' || (answer.kind === 'refused' && answer.credentials)) group.hopeless = answer
  port.postMessage({ index, answer } satisfies LastAnswer, [])
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
setTimeout(() => process.exit(), timeoutMs)
port.on('message', (request: LastRequest | undefined) => {
  if (request === undefined) void Promise.all([...groups.values()].map(({ turn }) => turn)).finally(finish)
  else {
    const group = groupOf(request)
    group.turn = group.turn.then(() => post(group, request))
  }
})
