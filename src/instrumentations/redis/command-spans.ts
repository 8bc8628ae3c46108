import {
  type Attributes,
  type Context,
  diag,
  type Exception,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions'
import { describeThrown } from '../../diagnostics/describe-thrown.ts'
import { version } from '../../version.ts'
import { readHook } from '../read-hook.ts'
import type { WatchParts } from '../watch.ts'
import { redisCommandText } from './command-text.ts'

export interface Server {
  readonly address: string | undefined
  readonly port: number | undefined
}

export interface Command extends Server {
  readonly name: string
  readonly args: readonly unknown[]
  /** Its name, and before it the way in which it goes to the server with others: `MULTI get`. */
  readonly operation: string
}

/** The spans of one library's commands. */
export interface CommandSpans {
  /** Without a parent only where the user wants that. */
  isWanted(here: Context): boolean
  /** Undefined where nothing is recorded, and no hook of the user's wants the span all the same. */
  start(spanName: string, command: Command, here: Context): Span | undefined
  startConnecting(spanName: string, server: Server, here: Context): Span | undefined
  answer(span: Span, command: Pick<Command, 'name' | 'args'>, reply: unknown): void
  fail(span: Span, error: unknown): void
}

export type Hook = (...args: unknown[]) => unknown

const asClient = { kind: SpanKind.CLIENT }

export function createCommandSpans(scopeName: string, { options, providers, ...parts }: WatchParts): CommandSpans {
  const tracer = providers.traces.getTracer(scopeName, version)
  const needsParent = options['requireParentSpan'] === true
  const serialize = readHook<Hook>(options, 'dbStatementSerializer') ?? (redisCommandText as Hook)
  const responseHook = readHook<Hook>(options, 'responseHook')
  const isHooked = responseHook !== undefined || readHook<Hook>(options, 'requestHook') !== undefined

  function start<T>(name: string, describe: (what: T) => Attributes, what: T, here: Context): Span | undefined {
    if (parts.needsAttributesAtStart) return tracer.startSpan(name, { ...asClient, attributes: describe(what) }, here)
    const span = tracer.startSpan(name, asClient, here)
    if (span.isRecording()) return span.setAttributes(describe(what))
    return isHooked ? span : undefined
  }

  function describeCommand({ name, args, operation, address, port }: Command): Attributes {
    return {
      [ATTR_DB_SYSTEM_NAME]: 'redis',
      [ATTR_DB_OPERATION_NAME]: operation,
      [ATTR_DB_QUERY_TEXT]: runHook('dbStatementSerializer', serialize, name, args),
      [ATTR_SERVER_ADDRESS]: address,
      [ATTR_SERVER_PORT]: port,
    }
  }

  return {
    isWanted: here => !needsParent || trace.getSpan(here) !== undefined,
    start: (spanName, command, here) => start(spanName, describeCommand, command, here),
    startConnecting: (spanName, server, here) => start(spanName, describeServer, server, here),
    answer(span, { name, args }, reply) {
      if (responseHook !== undefined) runHook('responseHook', responseHook, span, name, args, reply)
      span.end()
    },
    fail(span, error) {
      if (error !== undefined) span.recordException(error as Exception)
      span.setStatus({ code: SpanStatusCode.ERROR, message: describeThrown(error) })
      span.end()
    },
  }
}

function describeServer({ address, port }: Server): Attributes {
  return { [ATTR_DB_SYSTEM_NAME]: 'redis', [ATTR_SERVER_ADDRESS]: address, [ATTR_SERVER_PORT]: port }
}

export function runHook(name: string, hook: Hook, ...args: readonly unknown[]): unknown {
  try {
    return hook(...args)
  } catch (error) {
    diag.error(`the option ${name} of an instrumentation of Redis threw:`, error)
    return undefined
  }
}
