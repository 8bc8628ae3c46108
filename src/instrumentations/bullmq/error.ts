/** An error as spans and metrics tell it. */
export interface Failure {
  /** `error.type`: few different values. */
  readonly type: string
  readonly message: string
  readonly stack?: string
}

/** Anything can be thrown. What is neither an error nor a string may hold a job's data: then only its type is told. */
export function describeError(thrown: unknown): Failure {
  if (typeof thrown === 'string') return { type: '_OTHER', message: thrown }
  const { name, message, code, stack, constructor } = Object(thrown) as Record<string, unknown> & {
    constructor: unknown
  }
  if (typeof message !== 'string') return { type: '_OTHER', message: `A value of type ${typeof thrown} was thrown` }
  const type = [name, className(constructor), isErrorCode(code) ? code : undefined].find(isTelling) ?? 'Error'
  return { type, message, ...(typeof stack === 'string' ? { stack } : {}) }
}

/** Subclasses often leave `name` as it is, and system errors tell themselves apart by `code`: ECONNREFUSED. */
const isTelling = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name !== 'Error' && name !== 'Object'

const isErrorCode = (code: unknown): boolean => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)

const className = (constructor: unknown): unknown => (typeof constructor === 'function' ? constructor.name : undefined)
