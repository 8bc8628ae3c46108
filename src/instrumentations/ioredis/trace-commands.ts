import { diag, type Span } from '@opentelemetry/api'
import type { Command, CommandSpans, Server } from '../redis/command-spans.ts'
import { isCommand, isUnderWay, originOf, type RedisCommand, type SendCommand } from './command.ts'

interface Client {
  readonly options?: { readonly host?: string; readonly port?: number; readonly path?: string | null }
}
type OnStart = (span: Span, command: Command) => void

/** Makes a span of each command, also where that is sent more than once until it is answered. */
export function traceCommands(spans: CommandSpans, onStart?: OnStart): (original: SendCommand) => SendCommand {
  function begin(client: Client, command: RedisCommand): void {
    command[isUnderWay] = true
    const here = originOf(command)
    if (!spans.isWanted(here)) return
    const { name, args } = command
    const { address, port } = serverOf(client)
    const described = { name, args, operation: nameOperation(command), address, port }
    const span = spans.start(name, described, here)
    if (span === undefined) return
    onStart?.(span, described)
    endWith(command, span)
  }

  /** Not with its promise: whoever listens to that is taken for somebody who handles its rejection. */
  function endWith(command: RedisCommand, span: Span): void {
    const { resolve, reject } = command
    command.resolve = reply => {
      spans.answer(span, command, reply)
      resolve(reply)
    }
    command.reject = error => {
      Object.assign(command, { resolve, reject, [isUnderWay]: false }) // a cluster may try again
      spans.fail(span, error)
      reject(error)
    }
  }

  return original =>
    function (command, stream, node) {
      if (isCommand(command) && command[isUnderWay] !== true) {
        try {
          begin(this as Client, command)
        } catch (error) {
          diag.error('a command of ioredis has no span:', error)
        }
      }
      return original.call(this, command, stream, node)
    }
}

/** `MULTI get`, `PIPELINE get`; what begins and ends a transaction is a command of its own. */
function nameOperation({ name, inTransaction, pipelineIndex }: RedisCommand): string {
  if (name === 'multi' || name === 'exec') return name
  if (inTransaction === true) return `MULTI ${name}`
  return typeof pipelineIndex === 'number' ? `PIPELINE ${name}` : name
}

function serverOf({ options = {} }: Client): Server {
  const { path, host, port } = options
  return typeof path === 'string' ? { address: path, port: undefined } : { address: host, port }
}
