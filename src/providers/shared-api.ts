/** What all copies of `@opentelemetry/api` 1.x in a process share: who provides what, and the version of the first. */
type SharedApi = Record<string, unknown> & { readonly version: string }

export const apiKey: unique symbol = Symbol.for('opentelemetry.js.api.1')

/** The global object, which has it under that key from the first registration on. */
export const apiHolder: { [apiKey]?: SharedApi | undefined } = globalThis as object
