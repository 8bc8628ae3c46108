import { type Context, context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'
import { apiHolder, apiKey } from './shared-api.ts'

/** What is private in the API: it is pinned and bundled. */
interface ApiOfContexts {
  _getContextManager(): ContextManager
}

/**
 * The API's contexts copy a `Map` and make three functions each time that a value is set, which is several times in
 * every request. All contexts begin at the root of the API's copy that we use; those which begin there from now on are
 * lists.
 */
export function quickenContexts(): void {
  quickenManager(context as unknown as ApiOfContexts)
  ROOT_CONTEXT.setValue = (key, value) => new ListContext([key, value])
}

/** Each call asks the global object for what all copies of the API share, which costs more than the manager's answer. */
function quickenManager(api: ApiOfContexts): void {
  const shared = apiHolder[apiKey]
  const find = api._getContextManager.bind(api)
  if (shared === undefined || Object.hasOwn(api, '_getContextManager')) return
  api._getContextManager = () => (shared['context'] as ContextManager | undefined) ?? find()
}

class ListContext implements Context {
  /** Each key with its value behind it: they are two or three. */
  readonly #entries: readonly unknown[]

  constructor(entries: readonly unknown[]) {
    this.#entries = entries
  }

  getValue(key: symbol): unknown {
    const entries = this.#entries
    for (let index = 0; index < entries.length; index += 2) if (entries[index] === key) return entries[index + 1]
    return undefined
  }

  setValue(key: symbol, value: unknown): Context {
    const entries = [...this.#entries]
    for (let index = 0; index < entries.length; index += 2) {
      if (entries[index] !== key) continue
      entries[index + 1] = value
      return new ListContext(entries)
    }
    entries.push(key, value)
    return new ListContext(entries)
  }

  deleteValue(key: symbol): Context {
    const index = this.#entries.findIndex((entry, at) => at % 2 === 0 && entry === key)
    return index === -1 ? this : new ListContext(this.#entries.toSpliced(index, 2))
  }
}
