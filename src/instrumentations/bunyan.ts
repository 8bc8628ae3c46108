import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation'
import type { LogInstrumentationConfig } from './log-instrumentation.ts'
import { LogInstrumentation } from './log-instrumentation.ts'
import type { LogFields, LogLine } from './log-record.ts'
import { severityOfNumber } from './log-severity.ts'

type BunyanRecord = LogFields & { readonly level: number }
type Emit = (this: object, record: BunyanRecord, noemit?: boolean) => unknown

interface Bunyan {
  readonly prototype: { _emit: Emit }
}

const levelNames: Readonly<Record<number, string | undefined>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** Ids and log records for bunyan: each record of each logger passes `Logger.prototype._emit`. */
export class BunyanInstrumentation extends LogInstrumentation {
  constructor(config?: LogInstrumentationConfig) {
    super('@org/otel/bunyan', config)
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (bunyan: Bunyan) => {
      this._wrap(bunyan.prototype, '_emit', original => this.#watch(original))
      return bunyan
    }
    // Switched off, the patch steps aside by itself.
    return [new InstrumentationNodeModuleDefinition('bunyan', ['>=1.0.0 <3'], patch, () => {})]
  }

  #watch(original: Emit): Emit {
    const observe: Emit = record => {
      this.contain(() => this.correlate(record, record.level))
      this.send(severityOfNumber(record.level), () => describeRecord(record))
    }
    return function (record, noemit) {
      if (noemit !== true) observe.call(this, record) // else a probe asks for the text of a line
      return original.call(this, record, noemit)
    }
  }
}

function describeRecord(record: BunyanRecord): LogLine {
  const { msg: body, time, level, v: _version, hostname: _hostname, pid: _pid, ...fields } = record
  const hasClock = time instanceof Date
  return {
    body,
    severityText: levelNames[level],
    ...(hasClock ? { timestamp: time.getTime() } : {}),
    fields: hasClock ? fields : { ...fields, time },
    errorKeys: ['err'],
  }
}
