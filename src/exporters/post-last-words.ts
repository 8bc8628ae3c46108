import { fstatSync, openSync, realpathSync } from 'node:fs'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { describeError } from './describe-error.ts'
// As text: the folder of the app may be gone when it ends, and a file that is missing would cost the whole deadline.
// oxlint-disable-next-line import/default -- it has one as text
import script from './last-words-thread.ts?bundled'
import type { LastAnswer, LastWords, Posting } from './last-words-thread.ts'
import { withTlsDefaults } from './tls-defaults.ts'
import type { Answer } from './transport.ts'

export type { Posting } from './last-words-thread.ts'

/**
 * Sends from another thread while this one stands still, which is all that can be done in an `exit` event. Never
 * throws. Gives an answer for every body, undefined where there was none by the deadline.
 */
export function postLastWords(
  postings: readonly Posting[],
  timeoutMs: number,
): readonly (readonly (Answer | undefined)[])[] {
  const answered = postings.map(({ bodies }) => bodies.map((): Answer | undefined => undefined))
  if (answered.flat().length === 0) return answered
  try {
    makeRoomForThread()
    const { port1: arriving, port2: answers } = new MessageChannel()
    const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const copies = postings.map(({ target, bodies }) => ({
      target: withTlsDefaults(target),
      bodies: bodies.map(body => new Uint8Array(body)), // of a view all that is behind it would be copied
    }))
    const worker = startThread({ postings: copies, timeoutMs, answers, done }, [
      answers,
      ...copies.flatMap(({ bodies }) => bodies.map(body => body.buffer)),
    ])
    Atomics.wait(done, 0, 0, timeoutMs)
    for (let found; (found = receiveMessageOnPort(arriving)) !== undefined;) {
      const { posting, body, answer } = found.message as LastAnswer
      answered[posting]![body] = answer
    }
    arriving.close()
    void worker.terminate()
    return answered
  } catch (error) {
    const words = `no thread to send from: ${describeError(error)}`
    return answered.map(bodies => bodies.map(() => ({ kind: 'failed', reason: 'unavailable', words })))
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
function startThread(lastWords: LastWords, transferList: readonly (MessagePort | ArrayBuffer)[]): Worker {
  const worker = new Worker(script, {
    eval: true,
    workerData: lastWords,
    transferList: [...transferList],
    execArgv: [],
    env: {}, // without NODE_OPTIONS
    stdout: true,
    stderr: true,
  })
  worker.on('error', () => {})
  worker.unref()
  return worker
}
