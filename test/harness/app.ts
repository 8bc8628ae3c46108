import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { nodeBinary } from './node-binary.ts'
import { hold } from './reaper.ts'

export interface AppOptions {
  /** The program; `args` come after it. */
  readonly file?: string
  readonly args?: readonly string[]
  /** Added to PATH and HOME, the only variables that the child has otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** Path of the program that runs `file`. Default: the Node under test. */
  readonly node?: string
  readonly nodeOptions?: readonly string[]
  readonly cwd?: string
  /** Written to its input, which is then closed. Default: no input. */
  readonly input?: string
  /** Longest life in milliseconds; the child and all its children are killed after it. Default: 20000. */
  readonly timeoutMs?: number
}

export interface AppResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. Rejects, and shows what it printed, when that takes too long. */
export async function runApp(options: AppOptions): Promise<AppResult> {
  return new App(options).ended
}

/** Starts a program that stays, and resolves once it has printed a line that matches. Rejects when it ends before. */
export async function startApp(options: AppOptions & { readonly ready: RegExp | string }): Promise<App> {
  const app = new App(options)
  await app.waitForLine(options.ready)
  return app
}

/** A child process in a group of its own, which never outlives the tests. */
export class App implements AsyncDisposable {
  /** Rejects when the program lived too long. */
  readonly ended: Promise<AppResult>
  stdout = ''
  stderr = ''
  readonly #child: ChildProcess
  readonly #description: string

  constructor(options: AppOptions) {
    const { file, args = [], env = {}, node = nodeBinary(), nodeOptions = [], cwd, input, timeoutMs = 20_000 } = options
    const argv = [...nodeOptions, ...(file === undefined ? [] : [file]), ...args]
    this.#description = [node, ...argv].join(' ')
    this.#child = spawn(node, argv, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...cleanEnvironment(node), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // a group of its own, so that its children can be killed with it
    })
    this.#child.stdin?.on('error', () => {}) // it may end without reading
    this.#child.stdin?.end(input)
    this.#child.stdout?.setEncoding('utf8').on('data', text => (this.stdout += text))
    this.#child.stderr?.setEncoding('utf8').on('data', text => (this.stderr += text))
    this.ended = this.#end(timeoutMs)
    this.ended.catch(() => {}) // those who wait for it are told; nobody has to wait
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw this.#complaint('could not be started')
    return this.#child.pid
  }

  /** Resolves to the match in a line of its stdout, past or future; rejects when it ends without one. */
  async waitForLine(pattern: RegExp | string): Promise<RegExpMatchArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>()
    const expression = new RegExp(pattern, 'm')
    const look = () => {
      const completeLines = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1)
      const match = completeLines.match(expression)
      if (match) resolve(match)
    }
    this.#child.stdout?.on('data', look)
    look()
    this.ended.then(() => reject(this.#complaint(`ended before it printed ${pattern}`)), reject)
    return promise.finally(() => this.#child.stdout?.off('data', look))
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<AppResult> {
    this.kill(signal)
    return this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL').catch(() => {}) // it was killed for its age before
  }

  async #end(timeoutMs: number): Promise<AppResult> {
    await once(this.#child, 'spawn') // rejects where there is no such program
    const letGo = hold({ group: this.pid })
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      this.#killGroup()
    }, timeoutMs)
    try {
      const exited = once(this.#child, 'exit').then(() => this.#killGroup())
      const [[code, signal]] = await Promise.all([once(this.#child, 'close'), exited])
      if (isLate) throw this.#complaint(`was killed after ${timeoutMs} ms`)
      return { code, signal, stdout: this.stdout, stderr: this.stderr }
    } finally {
      clearTimeout(deadline)
      letGo()
    }
  }

  /** Also what the program started and left behind. */
  #killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch {
      // nobody is left in it
    }
  }

  #complaint(what: string): Error {
    const output = [
      ['stdout', this.stdout],
      ['stderr', this.stderr],
    ].map(([name, text]) => `${name}: ${text === '' ? '(empty)' : `\n${text}`}`)
    return new Error(`${this.#description}\n${what}.\n${output.join('\n')}`)
  }
}

/** The variables of the tests stay with the tests. `node` is the Node under test for children too. */
function cleanEnvironment(node: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH: `${dirname(node)}:${PATH}`, HOME }
}
