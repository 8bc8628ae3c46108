import type { Context, Span } from '@opentelemetry/api'
import { spanKey } from './context-keys.ts'

/** The context of a span within another context, for a moment: the API's own copies a map and makes three closures. */
export class ChildContext implements Context {
  readonly #parent: Context
  readonly #span: Span

  constructor(parent: Context, span: Span) {
    this.#parent = parent
    this.#span = span
  }

  getValue(key: symbol): unknown {
    return key === spanKey ? this.#span : this.#parent.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#toPlain().setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.#toPlain().deleteValue(key)
  }

  #toPlain(): Context {
    return this.#parent.setValue(spanKey, this.#span)
  }
}
