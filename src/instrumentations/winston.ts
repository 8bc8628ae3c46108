import { stripVTControlCharacters } from 'node:util'
import type { Context } from '@opentelemetry/api'
import { context } from '@opentelemetry/api'
import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation'
import type { LogInstrumentationConfig } from './log-instrumentation.ts'
import { LogInstrumentation } from './log-instrumentation.ts'
import type { LogFields, LogLine } from './log-record.ts'
import { severityOfName } from './log-severity.ts'

const versions = ['>=3.0.0 <4']
// winston's own: https://github.com/winstonjs/triple-beam
const levelKey = Symbol.for('level')

interface Info extends LogFields {
  readonly [levelKey]?: string
}

interface WinstonLogger {
  readonly level: string
  readonly levels: Readonly<Record<string, number | undefined>>
  isLevelEnabled?(level: string): boolean
}

type Method = (this: WinstonLogger, ...args: unknown[]) => unknown

interface LoggerClass {
  readonly prototype: Record<'write' | '_transform' | 'push', Method>
}

/**
 * Ids and log records for winston, in the methods of the stream that every logger is: an info is written, transformed by
 * the logger's format, and pushed on to the transports. What is pushed is exported. A transport or a `data` listener of
 * ours would show in `logger.transports`, or swallow the lines of a logger that gets its transports later.
 */
export class WinstonInstrumentation extends LogInstrumentation {
  /** Names of the ids that an info got from us: an app may write the same object again, in another span. */
  readonly #added = new WeakMap<object, readonly string[]>()
  /** Under load an info is transformed some time after it was written, in a context that is not its own. */
  readonly #contexts = new WeakMap<object, Context>()
  /** Where the info that is being transformed was written. */
  #current: Context | undefined

  constructor(config?: LogInstrumentationConfig) {
    super('@org/otel/winston', config)
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: LoggerClass) => {
      this.#patch(exports.prototype)
      return exports
    }
    // Switched off, the patch steps aside by itself.
    const file = new InstrumentationNodeModuleFile('winston/lib/winston/logger.js', versions, patch, () => {})
    return [new InstrumentationNodeModuleDefinition('winston', versions, undefined, undefined, [file])]
  }

  #patch(prototype: LoggerClass['prototype']): void {
    const written = (info: unknown) => this.contain(() => this.#written(info))
    const transform = (info: unknown, work: () => unknown) => this.#transform(info, work)
    const pushed = (logger: WinstonLogger, info: unknown) => this.contain(() => this.#pushed(logger, info))
    this._wrap(prototype, 'write', original => {
      return function (this: WinstonLogger, ...args: unknown[]) {
        written(args[0])
        return original.apply(this, args)
      }
    })
    this._wrap(prototype, '_transform', original => {
      return function (this: WinstonLogger, ...args: unknown[]) {
        return transform(args[0], () => original.apply(this, args))
      }
    })
    this._wrap(prototype, 'push', original => {
      return function (this: WinstonLogger, ...args: unknown[]) {
        pushed(this, args[0])
        return original.apply(this, args)
      }
    })
  }

  #written(info: unknown): void {
    if (!isInfo(info)) return
    for (const name of this.#added.get(info) ?? []) delete info[name]
    this.#added.set(info, this.correlate(info))
    this.#contexts.set(info, context.active())
  }

  #transform(info: unknown, work: () => unknown): unknown {
    const outer = this.#current
    this.#current = isInfo(info) ? this.#contexts.get(info) : undefined
    try {
      return work()
    } finally {
      this.#current = outer
    }
  }

  #pushed(logger: WinstonLogger, info: unknown): void {
    const at = this.#current
    this.#current = undefined
    const level = isInfo(info) ? info[levelKey] : undefined
    if (at === undefined || level === undefined || !isEnabled(logger, level)) return
    this.send(severityOfName(level), () => describeInfo(info as Info, level), at)
  }
}

function isInfo(value: unknown): value is Info {
  return typeof value === 'object' && value !== null
}

/** Whether any transport takes the level. Before 3.2 there was no such question. */
function isEnabled(logger: WinstonLogger, level: string): boolean {
  if (logger.isLevelEnabled !== undefined) return logger.isLevelEnabled(level)
  return (logger.levels[logger.level] ?? -1) >= (logger.levels[level] ?? Number.POSITIVE_INFINITY)
}

function describeInfo(info: Info, severityText: string): LogLine {
  const { message, level: _level, ...fields } = info
  return {
    body: typeof message === 'string' ? stripVTControlCharacters(message) : message,
    severityText,
    fields: info instanceof Error ? { error: info, ...fields } : fields,
    errorKeys: ['err', 'error'],
  }
}
