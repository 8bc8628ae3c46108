import type { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { bindFunction } from './bind-function.ts'

/** A server that was started inside a span is not part of that span for ever. */
const validUntilMs = 60_000

/**
 * Answers with the context that this process was started in where the app has chosen none. `ROOT_CONTEXT` can be chosen,
 * as for each request that a server gets.
 */
export class InitialContextManager extends AsyncLocalStorageContextManager {
  readonly #ageMs: () => number
  #initial: Context

  constructor(initial: Context, ageMs: () => number) {
    super()
    this.#initial = initial
    this.#ageMs = ageMs
  }

  override active(): Context {
    const chosen = (this as unknown as Chosen)._asyncLocalStorage.getStore()
    if (chosen !== undefined) return chosen
    if (this.#initial !== ROOT_CONTEXT && this.#ageMs() >= validUntilMs) this.#initial = ROOT_CONTEXT
    return this.#initial
  }

  override bind<T>(context: Context, target: T): T {
    return typeof target === 'function'
      ? (bindFunction(this, context, target as never) as T)
      : super.bind(context, target)
  }
}

/** What is chosen is private there, and `active()` there does not say whether anything is. */
interface Chosen {
  readonly _asyncLocalStorage: AsyncLocalStorage<Context>
}

/** The age of this process, or of this thread: there `performance.now()` counts from the start of the process. */
export function readAgeMs(): number {
  return performance.now() - performance.nodeTiming.environment
}
