import { type ChildProcess, fork, type ForkOptions } from 'node:child_process'
import { once } from 'node:events'

/** A process that answers one order after the other, over IPC. Its first answer, `greeting`, comes by itself. */
export class Child<Order, Greeting> {
  readonly greeting: Greeting
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, greeting: Greeting) {
    this.#process = child
    this.greeting = greeting
  }

  static async start<Order, Greeting>(
    file: string,
    options: ForkOptions = {},
    args: readonly string[] = [],
  ): Promise<Child<Order, Greeting>> {
    const child = fork(file, args, { execArgv: [], ...options })
    return new Child(child, (await answer(child)) as Greeting)
  }

  get pid(): number {
    return this.#process.pid!
  }

  async ask<Answer>(order: Order & (object | string)): Promise<Answer> {
    const answered = answer(this.#process)
    this.#process.send(order)
    return (await answered) as Answer
  }

  /** Resolves when the process is gone; kills it when it takes longer. */
  async ended(withinMs = 15_000): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const deadline = setTimeout(() => this.#process.kill('SIGKILL'), withinMs)
    await once(this.#process, 'exit')
    clearTimeout(deadline)
  }

  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    await this.ended()
  }
}

async function answer(child: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const onMessage = ({ answer }: { readonly answer: unknown }) => resolve(answer)
  const onExit = (code: number | null) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}`))
  child.once('message', onMessage).once('exit', onExit)
  return promise.finally(() => child.off('message', onMessage).off('exit', onExit))
}
