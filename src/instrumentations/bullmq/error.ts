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
  const [className, classCode] = classInStack(stack)
  const codes = [code, classCode, endOfSandbox(message)].filter(isErrorCode)
  const type = [name, nameOf(constructor), className, ...codes].find(isTelling) ?? 'Error'
  return { type, message, ...(typeof stack === 'string' ? { stack } : {}) }
}

/** Subclasses often leave `name` as it is, and system errors tell themselves apart by `code`: ECONNREFUSED. */
const isTelling = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name !== 'Error' && name !== 'Object'

const isErrorCode = (code: unknown): boolean => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)

const nameOf = (constructor: unknown): unknown => (typeof constructor === 'function' ? constructor.name : undefined)

/** Out of a sandbox comes an `Error` that tells its class in its stack only: `TypeError [ERR_X]: …`, maybe after the line of code. */
function classInStack(stack: unknown): readonly (string | undefined)[] {
  return /^(\w*(?:Error|Exception))(?: \[(\w+)\])?:/m.exec(String(stack))?.slice(1) ?? []
}

/** BullMQ's words for a sandbox that ended before its job did: the signal says more than the exit code. */
function endOfSandbox(message: string): string | undefined {
  if (!/^(Unexpected exit code|Error initializing child): /.test(message)) return undefined
  const [, exitCode] = /exit code:? (\d+)/.exec(message) ?? []
  return /SIG[A-Z0-9]+$/.exec(message)?.[0] ?? (exitCode && `EXIT_${exitCode}`)
}
