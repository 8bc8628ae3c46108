import { INVALID_SPAN_CONTEXT, trace } from '@opentelemetry/api'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { describeThrown } from '../diagnostics/describe-thrown.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'

type Methods = Record<string, (this: unknown, first?: unknown, second?: unknown, third?: unknown) => unknown>

const itself = (self: unknown): unknown => self
const nothing = (): void => {}

/**
 * The SDK throws for some values that its types exclude, such as a BigInt in the attributes of a measurement, which an
 * app meets in the middle of a request: what it calls there leaves such a record out instead, and one line says so.
 * Changes the classes in our bundle, which nobody else has.
 */
export function containSdk(report: Report): void {
  const tracer = new TracerProvider().getTracer('')
  const span = tracer.startSpan('')
  const meter = new MeterProvider().getMeter('-')
  const kinds = [
    [tracer, 'tracer', ['startSpan'], () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT)],
    [
      span,
      'span',
      ['setAttribute', 'setAttributes', 'addEvent', 'addLink', 'addLinks', 'setStatus', 'updateName'],
      itself,
    ],
    [span, 'span', ['end', 'recordException'], nothing],
    [new LoggerProvider().getLogger('-'), 'logger', ['emit'], nothing],
    [meter.createCounter('a'), 'counter', ['add'], nothing],
    [meter.createUpDownCounter('b'), 'counter', ['add'], nothing],
    [meter.createHistogram('c'), 'histogram', ['record'], nothing],
    [meter.createGauge('d'), 'gauge', ['record'], nothing],
  ] as const
  for (const [object, kind, names, fallback] of kinds) {
    const methods = Object.getPrototypeOf(object) as Methods
    for (const name of names) {
      const method = methods[name]!
      // None of them takes more than three, and a list of them would be made for every record.
      methods[name] = function (first, second, third) {
        try {
          return method.call(this, first, second, third)
        } catch (error) {
          report(createProblem('bad-record', { method: `${kind}.${name}()`, reason: describeThrown(error) }))
          return fallback(this)
        }
      }
    }
  }
}
