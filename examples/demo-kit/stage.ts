import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Program, type ProgramOptions, startProgram } from './program.ts'

/** Where the programs of the demo play: what is started here is stopped together, last come first gone. */
export interface Stage {
  /** Aborted when the demo must end; the reason says why. */
  readonly signal: AbortSignal
  /** The same as a promise: rejects with the reason. */
  readonly ended: Promise<never>
  end(reason: Error): void
  /** Starts a program that must not end before the demo does. */
  run(options: ProgramOptions): Program
  /** Whatever becomes of the demo, what is being started here is stopped. */
  own<T>(starting: Promise<T>, stop: (started: T) => unknown): Promise<T>
  /** Waits, but neither longer than this nor beyond the end of the demo. */
  within<T>(seconds: number, what: string, waiting: Promise<T>): Promise<T>
  clear(): Promise<void>
}

const patienceMs = 5000

export function createStage(): Stage {
  const ending = new AbortController()
  const ended = once(ending.signal, 'abort').then(() => Promise.reject(ending.signal.reason))
  ended.catch(() => {})
  const stops: (() => Promise<unknown>)[] = []
  const undertaker = startUndertaker()

  return {
    signal: ending.signal,
    ended,
    end: reason => ending.abort(reason),

    run(options) {
      const program = startProgram(options)
      undertaker.remember(program.pid)
      void program.ended.then(reason => {
        undertaker.forget(program.pid)
        ending.abort(new Error(reason))
      })
      stops.push(program.stop)
      return program
    },

    own(starting, stop) {
      stops.push(() => starting.then(stop, () => {}))
      return starting
    },

    async within(seconds, what, waiting) {
      const over = new AbortController()
      const tooLate = delay(seconds * 1000, undefined, { signal: over.signal }).then(() => {
        throw new Error(`${what} took longer than ${seconds} seconds.`)
      })
      try {
        return await Promise.race([waiting, ended, tooLate])
      } finally {
        over.abort()
      }
    },

    async clear() {
      ending.abort(new Error('The demo is over.'))
      for (const stop of stops.toReversed()) await Promise.race([stop(), delay(patienceMs)])
      await undertaker.dismiss()
    },
  }
}

/** See undertaker.ts: the process that tidies up after this one where this one cannot. */
function startUndertaker() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('undertaker.ts', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  const gone = new Promise(resolve => child.once('close', resolve).once('error', resolve))
  child.stdin.on('error', () => {}) // it is a second line of defence: the demo goes on without it
  const tell = (word: string) => (pid: number | undefined) => void (pid && child.stdin.write(`${word} ${pid}\n`))
  return {
    remember: tell('remember'),
    forget: tell('forget'),
    async dismiss() {
      child.stdin.end()
      await gone
    },
  }
}
