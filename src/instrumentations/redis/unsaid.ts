import { join } from 'node:path'
import { context } from '@opentelemetry/api'
import { replaceMethod } from '../replace-method.ts'

/** Of each command that goes to the server with others: its name, and then its arguments. */
export type Batch = readonly (readonly unknown[])[]

/** What node-redis does not publish of a command. Where it cannot be reached, in a bundle for one, that stays unknown. */
export interface Unsaid {
  /** The arguments of which these are published, `?` for most. To be asked once, while that happens. */
  takeArguments(published: readonly unknown[]): readonly unknown[] | undefined
  /** The batch that is being sent. */
  findBatch(): Batch | undefined
  /** To be told of each file of the library. Returns the undo, where there is one. */
  listen(file: string, exports: unknown): (() => void) | undefined
}

type SanitizeArgs = (args: readonly unknown[]) => unknown
type SendBatch = (
  this: unknown,
  commands: readonly { readonly args: readonly unknown[] }[],
  ...rest: unknown[]
) => unknown

type Execute = (this: unknown, task: (client: unknown) => unknown, ...rest: unknown[]) => unknown

/** A task that waits for a client of a pool is run by whoever gives one back, within that one's request. */
function keepContextOfTasks(exports: unknown): () => void {
  const { RedisClientPool } = exports as { readonly RedisClientPool: { readonly prototype: object } }
  return replaceMethod<Execute>(
    RedisClientPool.prototype,
    'execute',
    original =>
      function (task, ...rest) {
        return original.call(this, typeof task === 'function' ? context.bind(context.active(), task) : task, ...rest)
      },
  )
}

export function createUnsaid(): Unsaid {
  let given: readonly unknown[] | undefined
  let made: unknown
  let batch: Batch | undefined

  /** Publishing follows within the same call. */
  function listenToArguments(exports: unknown): () => void {
    return replaceMethod<SanitizeArgs>(exports as object, 'sanitizeArgs', original => args => {
      given = args
      return (made = original(args))
    })
  }

  function listenToBatches(exports: unknown): () => void {
    const { prototype } = (exports as { readonly default: { readonly prototype: object } }).default
    const undo = ['_executeMulti', '_executePipeline'].map(name =>
      replaceMethod<SendBatch>(
        prototype,
        name,
        original =>
          function (commands, ...rest) {
            const outer = batch
            batch = commands.map(({ args }) => args)
            try {
              return original.call(this, commands, ...rest)
            } finally {
              batch = outer
            }
          },
      ),
    )
    return () => undo.forEach(act => act())
  }

  const listeners: Readonly<Record<string, (exports: unknown) => () => void>> = {
    [join('dist', 'lib', 'client', 'pool.js')]: keepContextOfTasks,
    [join('dist', 'lib', 'client', 'tracing.js')]: listenToArguments,
    [join('dist', 'lib', 'client', 'index.js')]: listenToBatches,
  }

  return {
    takeArguments(published) {
      const found = made === published ? given : undefined
      given = made = undefined // the app's data is not kept
      return found
    },
    findBatch: () => batch,
    listen: (file, exports) => listeners[file]?.(exports),
  }
}
