import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Span } from '@opentelemetry/api'
import { watchModules } from '../module-loads.ts'
import { type Command, createCommandSpans, type Hook, runHook } from '../redis/command-spans.ts'
import { readHook } from '../read-hook.ts'
import { replaceMethod } from '../replace-method.ts'
import type { Watch, WatchParts } from '../watch.ts'
import { rememberOrigin } from './command.ts'
import { connectOutsideOfSpans, waitInOwnContext } from './contexts.ts'
import { traceCommands } from './trace-commands.ts'

interface Class {
  readonly prototype: object
}
/** The class Redis, with the others as its properties. */
type Exports = Class & { readonly Cluster?: Class; readonly Pipeline?: Class }

/**
 * Watches ioredis by its methods, although it publishes its commands since 5.11. For it publishes them as it sends them:
 * what has waited for a connection would stand in the trace of whoever opened that. And where anybody listens, a rejection
 * that the app forgot to handle is heard by nobody any more: `traceCommand` of ioredis handles all.
 */
export const watchIORedis: Watch = parts => {
  const spans = createCommandSpans('@opentelemetry/instrumentation-ioredis', parts)
  const undo: (() => void)[] = []
  watchModules(['ioredis'], (exports, name, baseDir = '') => {
    if (name !== 'ioredis') return
    const { prototype, Cluster, Pipeline } = exports as Exports
    undo.push(
      replaceMethod(prototype, 'sendCommand', traceCommands(spans, createRequestHook(parts, baseDir))),
      replaceMethod(prototype, 'connect', connectOutsideOfSpans),
      replaceMethod(Cluster?.prototype, 'sendCommand', rememberOrigin),
      replaceMethod(Cluster?.prototype, 'connect', connectOutsideOfSpans),
      replaceMethod(Cluster?.prototype, 'delayUntilReady', waitInOwnContext),
      replaceMethod(Pipeline?.prototype, 'sendCommand', rememberOrigin),
    )
  })
  return () => undo.forEach(act => act())
}

function createRequestHook(
  { options }: WatchParts,
  baseDir: string,
): ((span: Span, command: Command) => void) | undefined {
  const hook = readHook<Hook>(options, 'requestHook')
  if (hook === undefined) return undefined
  const { version: moduleVersion } = JSON.parse(readFileSync(join(baseDir, 'package.json'), 'utf8'))
  return (span, { name, args }) => runHook('requestHook', hook, span, { moduleVersion, cmdName: name, cmdArgs: args })
}
