import type { Attributes } from '@opentelemetry/api'
import { LoggerProvider, type ReadWriteLogRecord } from '@opentelemetry/sdk-logs'
import { type Attributed, type Limits, setAllUsual } from './usual-attributes.ts'

/** What is private in the SDK's log records: they are pinned and bundled, and tests compare with what they do by themselves. */
interface LogRecord extends Omit<ReadWriteLogRecord, keyof Attributed>, Attributed {
  readonly _isReadonly: boolean
  readonly _logRecordLimits: Limits
}

/** The usual attributes are taken over in one piece; what else there is is left to the SDK. Changes the classes in our bundle. */
export function quickenLogs(): void {
  const onEmit = (record: ReadWriteLogRecord): void => {
    const records = Object.getPrototypeOf(record) as LogRecord
    const { setAttributes } = records
    records.setAttributes = function (this: LogRecord, attributes: Attributes) {
      const isSet = !this._isReadonly && setAllUsual(this, this._logRecordLimits, attributes)
      return isSet ? this : setAttributes.call(this, attributes)
    }
  }
  const processor = { onEmit, forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() }
  new LoggerProvider({ processors: [processor] }).getLogger('-').emit({})
}
