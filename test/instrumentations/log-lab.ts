import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import type { Attributes, SpanContext } from '@opentelemetry/api'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { onTestFinished } from 'vitest'
import type { LogInstrumentation } from '../../src/instrumentations/log-instrumentation.ts'
import { watchModules } from '../../src/instrumentations/module-loads.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const tracer = new TracerProvider().getTracer('test')

/** Loads a library as an app does that set up nothing before. */
export const load: NodeJS.Require = createRequire(import.meta.url)

/** A log record, so that a test can say in one line what it expects. */
interface SeenRecord {
  readonly body: unknown
  readonly severity: string
  readonly attributes: Attributes
  readonly spanId: string | undefined
}

interface Watched {
  records(): SeenRecord[]
  bodies(): unknown[]
  timestamps(): number[]
}

/** Lets an instrumentation watch what is loaded already, until the test is over. `processors` stand in for the export. */
export function watch(instrumentation: LogInstrumentation, processors?: readonly LogRecordProcessor[]): Watched {
  const exporter = new InMemoryLogRecordExporter()
  const used = processors ?? [new SimpleLogRecordProcessor({ exporter })]
  instrumentation.setLoggerProvider(new LoggerProvider({ processors: [...used] }))
  instrumentation.enable()
  onTestFinished(() => instrumentation.disable())
  for (const definition of instrumentation.getModuleDefinitions()) {
    watchModules([definition.name], (exports, name) => {
      const patch = name === definition.name ? definition.patch : definition.files.find(f => f.name === name)?.patch
      return patch?.(exports)
    })
  }
  const finished = () => exporter.getFinishedLogRecords()
  return {
    records: () =>
      finished().map(({ body, severityText, severityNumber, attributes, spanContext }) => ({
        body,
        severity: `${severityText} ${severityNumber}`,
        attributes,
        spanId: spanContext?.spanId,
      })),
    bodies: () => finished().map(({ body }) => body),
    timestamps: () => finished().map(({ hrTime: [seconds, nanoseconds] }) => seconds * 1000 + nanoseconds / 1e6),
  }
}

/** Does something within a span, and tells which. */
export function inSpan(work: () => void): SpanContext {
  return tracer.startActiveSpan('work', span => {
    work()
    span.end()
    return span.spanContext()
  })
}

/** What a line of the span says about it. */
export function idsOf({ traceId, spanId }: SpanContext): Record<string, string> {
  return { trace_id: traceId, span_id: spanId, trace_flags: '01' }
}

interface Destination extends Writable {
  readonly texts: string[]
  lines(): Record<string, unknown>[]
}

/** Where a logger under test writes to. */
export function createDestination(): Destination {
  const texts: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      texts.push(String(chunk))
      done()
    },
  })
  return Object.assign(stream, { texts, lines: () => texts.map(text => JSON.parse(text)) })
}
