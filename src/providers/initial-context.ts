import type { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

/** A server that was started inside a span is not part of that span for ever. */
const validUntilMs = 60_000

/**
 * Answers with the context that this process was started in where the app has chosen none. `ROOT_CONTEXT` can be chosen,
 * as for each request that a server gets. `now` is the age of the process.
 */
export class InitialContextManager extends AsyncLocalStorageContextManager {
  readonly #now: () => number
  #initial: Context

  constructor(initial: Context, now: () => number) {
    super()
    this.#initial = initial
    this.#now = now
  }

  override active(): Context {
    const chosen = (this as unknown as Chosen)._asyncLocalStorage.getStore()
    if (chosen !== undefined) return chosen
    if (this.#initial !== ROOT_CONTEXT && this.#now() >= validUntilMs) this.#initial = ROOT_CONTEXT
    return this.#initial
  }
}

/** What is chosen is private there, and `active()` there does not say whether anything is. */
interface Chosen {
  readonly _asyncLocalStorage: AsyncLocalStorage<Context>
}
