import { context, isSpanContextValid, trace } from '@opentelemetry/api'
import type { Context, SeverityNumber, Span, SpanContext } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { InstrumentationBase } from '@opentelemetry/instrumentation'
import { version } from '../version.ts'
import type { LogFields, LogLine } from './log-record.ts'
import { toLogRecord } from './log-record.ts'

/** Options of the instrumentations of pino, winston and bunyan. */
export interface LogInstrumentationConfig extends InstrumentationConfig {
  /** Nothing is exported; lines still carry the ids of their span. Default: false. */
  disableLogSending?: boolean
  /** Lines stay as they are; what is exported still belongs to its span. Default: false. */
  disableLogCorrelation?: boolean
  /** The names of the ids in a line. Default: `trace_id`, `span_id`, `trace_flags`. */
  logKeys?: { readonly traceId: string; readonly spanId: string; readonly traceFlags: string }
  /** Adds to a line of an active span; bunyan and winston show the whole record, pino what is added. Default: none. */
  logHook?: (span: Span, record: LogFields, level?: number) => void
}

const defaultKeys = { traceId: 'trace_id', spanId: 'span_id', traceFlags: 'trace_flags' }

/** What the instrumentations of loggers have in common: ids into the line, the line into a log record. */
export abstract class LogInstrumentation extends InstrumentationBase<LogInstrumentationConfig> {
  #isSending = false
  /** The last span that was asked for its ids: one span often has several lines. */
  #last: { readonly spanContext: SpanContext; readonly ids: LogFields } | undefined

  /** Waits for `enable()`: the base class would patch what is loaded already before a subclass has its fields. */
  constructor(name: string, config: LogInstrumentationConfig = {}) {
    super(name, version, { ...config, enabled: false })
  }

  /** Adds the ids of the active span, save under names that are in use, and returns the names of those added. */
  protected correlate(record: LogFields, level?: number): readonly string[] {
    const { disableLogCorrelation, logHook } = this.getConfig()
    const span = this.isEnabled() && disableLogCorrelation !== true ? trace.getActiveSpan() : undefined
    if (span === undefined) return []
    const ids = this.#idsOf(span.spanContext())
    const missing = Object.keys(ids).filter(name => record[name] === undefined)
    for (const name of missing) record[name] = ids[name]
    if (missing.length > 0 && logHook !== undefined) this.contain(() => logHook(span, record, level))
    return missing
  }

  /** Emits a log record where one is wanted; `describe` is called only then. */
  protected send(severityNumber: SeverityNumber, describe: () => LogLine, at: Context = context.active()): void {
    if (!this.isEnabled() || this.getConfig().disableLogSending === true) return
    // No line about the work of an exporter or a log processor becomes a record: it would lead to the next one.
    if (this.#isSending || isTracingSuppressed(at)) return
    this.contain(() => {
      if (!this.logger.enabled({ severityNumber, context: at })) return
      const record = toLogRecord(describe(), this.#idsOf(trace.getSpanContext(at)))
      this.#isSending = true
      try {
        this.logger.emit({ ...record, severityNumber, context: at })
      } finally {
        this.#isSending = false
      }
    })
  }

  /** Runs work of ours within a call of the app, which must not notice when it fails. */
  protected contain<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#complain(error)
      return undefined
    }
  }

  #complain(error: unknown): void {
    const wasSending = this.#isSending
    this.#isSending = true // what we say may go through the logger that we have trouble with
    this._diag.warn('a log line was not exported or not given its ids:', error)
    this.#isSending = wasSending
  }

  #idsOf(spanContext: SpanContext | undefined): LogFields {
    if (spanContext === undefined || !isSpanContextValid(spanContext)) return {}
    if (this.#last?.spanContext === spanContext) return this.#last.ids
    const keys = this.getConfig().logKeys ?? defaultKeys
    const ids = {
      [keys.traceId]: spanContext.traceId,
      [keys.spanId]: spanContext.spanId,
      [keys.traceFlags]: spanContext.traceFlags.toString(16).padStart(2, '0'),
    }
    this.#last = { spanContext, ids }
    return ids
  }
}
