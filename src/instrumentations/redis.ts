import { context, INVALID_SPAN_CONTEXT, trace, type Tracer, type TracerProvider } from '@opentelemetry/api'
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis'

/**
 * The official instrumentation asks for a parent span only before commands, so that each client that connects at the
 * start of a program is a trace of its own. Here `requireParentSpan` holds for `connect()` too.
 */
export class QuietRedisInstrumentation extends RedisInstrumentation {
  override setTracerProvider(provider: TracerProvider): void {
    const quiet = this.getConfig().requireParentSpan === true
    super.setTracerProvider(
      quiet ? { getTracer: (...scope) => withParentOnly(provider.getTracer(...scope)) } : provider,
    )
  }
}

function withParentOnly(tracer: Tracer): Tracer {
  return {
    startSpan: (name, options, given) =>
      trace.getSpan(given ?? context.active()) === undefined
        ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
        : tracer.startSpan(name, options, given),
    startActiveSpan: tracer.startActiveSpan.bind(tracer),
  }
}
