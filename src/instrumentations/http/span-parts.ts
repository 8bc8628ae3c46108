import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanKind,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import type { HttpOptions } from './http-options.ts'

/** What it takes to start a span. */
export interface TracerParts {
  readonly tracer: Tracer
  /** Where nobody looks at attributes before a span has started, they are made for those only that are recorded. */
  readonly needsAttributesAtStart: boolean
}

/** The same, on either side of HTTP. */
export interface SpanParts extends TracerParts {
  readonly options: HttpOptions
}

type Start = (name: string, parent: Context, describe: () => Attributes) => Span

/** Returns how to start spans: `describe` is called where somebody looks, a hook of the user's among them. */
export function createStart(kind: SpanKind, { tracer, needsAttributesAtStart }: TracerParts, isHooked: boolean): Start {
  const about = { kind }
  if (needsAttributesAtStart || isHooked) {
    return (name, parent, describe) => tracer.startSpan(name, { kind, attributes: describe() }, parent)
  }
  return (name, parent, describe) => {
    const span = tracer.startSpan(name, about, parent)
    return span.isRecording() ? span.setAttributes(describe()) : span
  }
}

/** Stands for the span that nobody wanted. */
export const noSpan: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

export function hasParent(context: Context): boolean {
  const parent = trace.getSpanContext(context)
  return parent !== undefined && isSpanContextValid(parent)
}
