import { context, INVALID_SPAN_CONTEXT, trace, type Tracer, type TracerProvider } from '@opentelemetry/api'
import type { InstrumentationConfig, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation'
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

/** What the official instrumentation is made of, private there. */
interface Parts {
  readonly instrumentationV4_V5: { readonly _modules: readonly InstrumentationNodeModuleDefinition[] }
}

/** The same for those versions that do not publish their commands. */
export class OlderRedisInstrumentation extends QuietRedisInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super(config)
    const { _modules } = (this as unknown as Parts).instrumentationV4_V5
    for (const part of _modules.flatMap(definition => [definition, ...definition.files])) {
      part.supportedVersions = part.supportedVersions.flatMap(toOlder)
    }
  }
}

function toOlder(range: string): readonly string[] {
  return range === '^6.0.0' ? [] : [range === '^5.0.0' ? '>=5.0.0 <5.12.0' : range]
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
