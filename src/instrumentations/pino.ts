import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation'
import type { LogInstrumentationConfig } from './log-instrumentation.ts'
import { LogInstrumentation } from './log-instrumentation.ts'
import type { LogFields, LogLine } from './log-record.ts'
import { severityOfNumber } from './log-severity.ts'

const versions = ['>=5.14.0 <11']
const hooks = Symbol.for('pino.hooks')

type Method = (this: PinoLogger, ...args: unknown[]) => unknown
type StreamWrite = (line: string) => string

interface PinoLogger {
  readonly levels: { readonly labels: Readonly<Record<number, string | undefined>> }
  [hooks]?: { readonly streamWrite?: StreamWrite }
  [symbol: symbol]: unknown
}

interface PinoPrototype {
  readonly version: string
  [symbol: symbol]: Method
}

/** What is true of one installed copy of pino. */
interface Copy {
  /** Before version 7 `asJson` adds the message to the object, from where pretty-printing reads it. */
  readonly changesObject: boolean
  /** pino's symbols are private to each copy of it, but their descriptions stay. */
  readonly symbols: Map<string, symbol | undefined>
}

interface Line {
  readonly copy: Copy
  readonly logger: PinoLogger
  readonly level: number
  readonly text: string
}

interface Call {
  readonly copy: Copy
  readonly logger: PinoLogger
  readonly asJson: Method
  /** The merged object, since version 6 the message, then level and time. */
  readonly args: unknown[]
}

/**
 * Ids and log records for pino, at the place where all loggers of a copy of pino make their lines: `asJson` of their one
 * prototype. So it does not matter when and how a logger was made, and what is exported is the line as it was written,
 * with serializers, formatters and redaction applied.
 */
export class PinoInstrumentation extends LogInstrumentation {
  readonly #watchedHooks = new WeakSet<StreamWrite>()
  /** The line that a `streamWrite` hook is about to be given. */
  #awaited: Line | undefined

  constructor(config?: LogInstrumentationConfig) {
    super('@org/otel/pino', config)
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: unknown) => {
      this.#patch(prototypeIn(exports))
      return exports
    }
    // Switched off, the patch steps aside by itself.
    const file = new InstrumentationNodeModuleFile('pino/lib/proto.js', versions, patch, () => {})
    return [new InstrumentationNodeModuleDefinition('pino', versions, undefined, undefined, [file])]
  }

  #patch(prototype: PinoPrototype): void {
    const asJson = symbolIn(prototype, 'pino.asJson')
    const write = symbolIn(prototype, 'pino.write')
    if (asJson === undefined || write === undefined) throw new Error('pino has no asJson or no write')
    const copy = { changesObject: Number.parseInt(prototype.version, 10) < 7, symbols: new Map() }
    const makeLine = (call: Call) => this.#makeLine(call)
    const watchHook = (logger: PinoLogger) => this.contain(() => this.#watchHook(logger))
    const exportAwaited = () => this.#export(this.#takeAwaited())
    this._wrap(prototype, asJson, original => {
      return function (this: PinoLogger, ...args: unknown[]) {
        return makeLine({ copy, logger: this, asJson: original, args })
      }
    })
    this._wrap(prototype, write, original => {
      return function (this: PinoLogger, ...args: unknown[]) {
        watchHook(this)
        const result = original.apply(this, args)
        exportAwaited() // where pino is too old to have called the hook
        return result
      }
    })
  }

  #makeLine(call: Call): unknown {
    const { copy, logger, args } = call
    const level = args.at(-2) as number
    const ids: LogFields = {}
    this.correlate(ids, level)
    const text = callWith(ids, call) as string
    const streamWrite = logger[hooks]?.streamWrite
    if (streamWrite === undefined) this.#export({ copy, logger, level, text })
    else if (this.#watchedHooks.has(streamWrite)) this.#awaited = { copy, logger, level, text }
    return text
  }

  /** The app's own hook may still change a line, or take a secret out of it: such lines are exported after it. */
  #watchHook(logger: PinoLogger): void {
    const given = logger[hooks]
    const streamWrite = given?.streamWrite
    if (given === undefined || streamWrite === undefined || this.#watchedHooks.has(streamWrite)) return
    const watched = (line: string) => {
      const awaited = this.#takeAwaited()
      const text = streamWrite(line)
      if (awaited !== undefined) this.#export({ ...awaited, text })
      return text
    }
    this.#watchedHooks.add(watched)
    logger[hooks] = Object.create(given, { streamWrite: { value: watched } })
  }

  #takeAwaited(): Line | undefined {
    const awaited = this.#awaited
    this.#awaited = undefined
    return awaited
  }

  #export(line: Line | undefined): void {
    if (line !== undefined) this.send(severityOfNumber(line.level), () => describeLine(line))
  }
}

/** Makes the line of an object with the ids in it, whose own fields win. Most objects are the app's: they stay as they are. */
function callWith(ids: LogFields, { copy, logger, asJson, args }: Call): unknown {
  const [object, ...others] = args as [LogFields, ...unknown[]]
  const missing = Object.keys(ids).filter(name => object[name] === undefined)
  if (missing.length === 0) return asJson.apply(logger, args)
  const withIds = copy.changesObject ? object : { ...object }
  for (const name of missing) withIds[name] = ids[name]
  try {
    return asJson.call(logger, withIds, ...others)
  } finally {
    if (copy.changesObject) for (const name of missing) delete object[name]
  }
}

function describeLine({ copy, logger, level, text }: Line): LogLine {
  const messageKey = keyOf(copy, logger, 'pino.messageKey') ?? 'msg'
  const errorKeys = [keyOf(copy, logger, 'pino.errorKey') ?? 'err']
  const severityText = logger.levels.labels[level]
  const parsed = parseLine(text)
  if (parsed === undefined) return { body: text.trimEnd(), severityText, fields: {}, errorKeys }
  const { [messageKey]: body, level: _level, pid: _pid, hostname: _hostname, time, ...fields } = parsed
  const timestamp = toMilliseconds(time)
  if (timestamp === undefined) fields['time'] = time
  return { body, severityText, timestamp, fields, errorKeys, isPlain: true }
}

function parseLine(text: string): LogFields | undefined {
  try {
    return JSON.parse(text) as LogFields
  } catch {
    return undefined // a hook or a timestamp function of the app made something else of it
  }
}

/** pino's own time functions write milliseconds, seconds or ISO 8601; anything else is a field of the app. */
function toMilliseconds(time: unknown): number | undefined {
  if (typeof time === 'number' && time > 1e12) return time
  if (typeof time === 'number' && time > 1e9 && time < 1e11) return time * 1000
  const parsed = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(parsed) ? undefined : parsed
}

/** Before 6.2 the file's export was the prototype itself, since then it makes objects that have it. */
function prototypeIn(exports: unknown): PinoPrototype {
  return Object.getPrototypeOf(typeof exports === 'function' ? exports() : Object.create(exports as object))
}

function keyOf({ symbols }: Copy, logger: PinoLogger, description: string): string | undefined {
  if (!symbols.has(description)) symbols.set(description, symbolIn(logger, description))
  const symbol = symbols.get(description)
  const key = symbol === undefined ? undefined : logger[symbol]
  return typeof key === 'string' ? key : undefined
}

/** Child loggers inherit from their parents. */
function symbolIn(object: object, description: string): symbol | undefined {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertySymbols(owner).find(symbol => symbol.description === description)
    if (found !== undefined) return found
  }
  return undefined
}
