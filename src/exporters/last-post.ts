import { fstatSync, openSync, realpathSync } from 'node:fs'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { describeError } from './describe-error.ts'
// As text: the folder of the app may be gone when it ends, and a file that is missing would cost the whole deadline.
// oxlint-disable-next-line import/default -- it has one as text
import script from './last-words-thread.ts?bundled'
import type { LastAnswer, LastRequest, LastWords } from './last-words-thread.ts'
import { withTlsDefaults } from './tls-defaults.ts'
import type { Answer, Target } from './transport.ts'

/** Sends from another thread while this one stands still, which is all that can be done in an `exit` event. */
export interface LastPost {
  /** Hands over one request, which is sent at once; those with the same target go one after the other. */
  send(target: Target, body: Uint8Array): void
  /** Waits for the answers: one for each request in their order, undefined where the time was over before. */
  finish(): readonly (Answer | undefined)[]
}

/** `timeoutMs` is for everything, from here on. Never throws. */
export function startLastPost(timeoutMs: number): LastPost {
  const deadline = performance.now() + timeoutMs
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const { port1: port, port2: theirs } = new MessageChannel()
  const targets: Target[] = []
  let count = 0
  let trouble: Answer | undefined
  let worker: Worker | undefined
  try {
    makeRoomForThread()
    worker = startThread({ port: theirs, timeoutMs, done })
  } catch (error) {
    const words = `no thread to send from: ${describeError(error)}`
    trouble = { kind: 'failed', reason: 'unavailable', words }
  }

  function post(message: LastRequest | undefined, transfer: readonly ArrayBuffer[]): void {
    if (trouble === undefined) port.postMessage(message, transfer)
  }

  return {
    send(target, body) {
      const isKnown = targets.includes(target)
      if (!isKnown) targets.push(target)
      const group = targets.indexOf(target)
      const copy = new Uint8Array(body) // of a view all that is behind it would be copied
      const request = { index: count++, group, body: copy }
      post(isKnown ? request : { ...request, target: withTlsDefaults(target) }, [copy.buffer])
    },
    finish() {
      const answers = Array.from({ length: count }, (): Answer | undefined => trouble)
      if (trouble !== undefined) return answers
      post(undefined, [])
      Atomics.wait(done, 0, 0, Math.max(0, deadline - performance.now()))
      for (let found; (found = receiveMessageOnPort(port)) !== undefined;) {
        const { index, answer } = found.message as LastAnswer
        answers[index] = answer
      }
      port.close()
      void worker?.terminate()
      return answers
    },
  }
}

/** A thread does not begin in a folder that is gone, and libuv aborts if what it opens takes the place of stdin to stderr. */
function makeRoomForThread(): void {
  attempt(
    () => realpathSync.native('.'), // process.cwd() would give what it gave before
    () => process.chdir('/'),
  )
  for (const fd of [0, 1, 2]) {
    attempt(
      () => fstatSync(fd),
      () => openSync('/dev/null', 'r+'),
    )
  }
}

function attempt(act: () => unknown, otherwise: () => unknown): void {
  try {
    act()
  } catch {
    try {
      otherwise()
    } catch {
      // as it was
    }
  }
}

/** Nothing of the app runs in it, neither its preloads nor ours, and nothing that it says is heard. */
function startThread(workerData: LastWords): Worker {
  const worker = new Worker(script, {
    eval: true,
    workerData,
    transferList: [workerData.port],
    execArgv: [],
    env: {}, // without NODE_OPTIONS
    stdout: true,
    stderr: true,
  })
  worker.on('error', () => {})
  worker.unref()
  return worker
}
