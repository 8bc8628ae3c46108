import { type Context, context } from '@opentelemetry/api'

/** What ioredis makes of each call, and sends again where it has to: when connected, when connected once more, to another node. */
export interface RedisCommand {
  readonly name: string
  readonly args: readonly unknown[]
  readonly inTransaction?: boolean
  readonly pipelineIndex?: number | null
  resolve: (reply: unknown) => void
  reject: (error: unknown) => void
  /** Added by us. */
  [origin]?: Context
  [isUnderWay]?: boolean
}

/** A method of Redis, Cluster and Pipeline, which pass commands on to each other. */
export type SendCommand = (this: unknown, command: RedisCommand, stream?: unknown, node?: unknown) => unknown

export const isUnderWay: unique symbol = Symbol('is under way')
const origin = Symbol('origin')

/** Where the app called it. It may be sent from elsewhere: where a connection was made, or a pipeline is executed. */
export function originOf(command: RedisCommand): Context {
  return (command[origin] ??= context.active())
}

export function rememberOrigin(original: SendCommand): SendCommand {
  return function (command, stream, node) {
    if (isCommand(command)) originOf(command)
    return original.call(this, command, stream, node)
  }
}

export function isCommand(value: unknown): value is RedisCommand {
  return typeof (value as RedisCommand | undefined)?.reject === 'function'
}
