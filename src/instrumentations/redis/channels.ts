import { context, diag, type Span } from '@opentelemetry/api'
import { listen } from '../listen.ts'
import type { Command, CommandSpans } from './command-spans.ts'
import type { Batch, Unsaid } from './unsaid.ts'

/** What node-redis publishes: one object for the beginning and the end. */
interface Message {
  /** The name, and of the arguments what the library thinks that may be known. */
  readonly args?: readonly string[]
  readonly batchMode?: string
  readonly serverAddress?: string
  readonly serverPort?: number
  readonly result?: unknown
  readonly error?: unknown
  /** Added by us: what ends with it. */
  [begun]?: readonly (Begun | undefined)[] | undefined
}
interface Begun {
  readonly span: Span
  /** None where a connection is made. */
  readonly command?: Command
}
type Handler = (message: Message) => void

const begun = Symbol('begun')

/** Makes spans of what node-redis publishes. Returns the undo. */
export function subscribeRedis(spans: CommandSpans, unsaid: Unsaid): () => void {
  function begin(message: Message, args: readonly unknown[], operation?: string): Begun | undefined {
    const { serverAddress: address, serverPort: port } = message
    const name = String(args[0])
    const command = { name, args: args.slice(1), operation: operation ?? name, address, port }
    const span = spans.start(`redis-${name}`, command, context.active())
    return span && { span, command }
  }

  function beginCommand(message: Message): void {
    const { args = [], batchMode } = message
    const allArgs = unsaid.takeArguments(args) ?? args
    if (!spans.isWanted(context.active())) return
    message[begun] = [begin(message, allArgs, batchMode && nameBatch(batchMode, unsaid.findBatch()))]
  }

  /** The commands of a pipeline are published one by one as well, those of a transaction are not. */
  function beginBatch(message: Message): void {
    const { batchMode } = message
    if (batchMode !== 'MULTI' || !spans.isWanted(context.active())) return
    const batch = unsaid.findBatch()
    const operation = nameBatch(batchMode, batch)
    message[begun] = (batch ?? [[batchMode]]).map(args => begin(message, args, operation))
  }

  function beginConnecting(message: Message): void {
    if (!spans.isWanted(context.active())) return
    const { serverAddress: address, serverPort: port } = message
    const span = spans.startConnecting('redis-connect', { address, port }, context.active())
    message[begun] = [span && { span }]
  }

  function settle(message: Message, replies: readonly unknown[]): void {
    takeBegun(message).forEach((one, index) => {
      const reply = replies[index]
      if (one === undefined) return
      if (reply instanceof Error) spans.fail(one.span, reply)
      else if (one.command === undefined) one.span.end()
      else spans.answer(one.span, one.command, reply)
    })
  }

  function fail(message: Message): void {
    for (const one of takeBegun(message)) if (one !== undefined) spans.fail(one.span, message.error)
  }

  function answer(message: Message): void {
    settle(message, [message.result])
  }

  function answerBatch(message: Message): void {
    const replies: readonly unknown[] = Array.isArray(message.result) ? message.result : []
    const isKnown = message[begun]?.length === replies.length
    settle(message, isKnown ? replies : [replies.find(reply => reply instanceof Error)])
  }

  return subscribeAll({
    'command:start': beginCommand,
    'command:error': fail,
    'command:asyncEnd': answer,
    'batch:start': beginBatch,
    'batch:error': fail,
    'batch:asyncEnd': answerBatch,
    'connect:start': beginConnecting,
    'connect:error': fail,
    'connect:asyncEnd': answer,
  })
}

function takeBegun(message: Message): readonly (Begun | undefined)[] {
  const { [begun]: taken = [] } = message
  message[begun] = undefined
  return taken
}

/** As the conventions have it: `MULTI GET` where all do the same, else `MULTI`. */
function nameBatch(mode: string, batch: Batch | undefined): string {
  const first = batch?.[0]?.[0]
  const isUniform = first !== undefined && batch?.every(([name]) => name === first) === true
  return isUniform ? `${mode} ${String(first)}` : mode
}

function subscribeAll(handlers: Readonly<Record<string, Handler>>): () => void {
  const listeners = Object.entries(handlers).map(([event, handle]) => {
    const listener = (message: Message): void => {
      try {
        handle(message)
      } catch (error) {
        diag.error('a command of node-redis has no span:', error) // thrown here, it would end the process
      }
    }
    return [`tracing:node-redis:${event}`, listener] as const
  })
  return listen(Object.fromEntries(listeners))
}
