import {
  type Context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
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

/** Stands for the span that nobody wanted. */
export const noSpan: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

export function hasParent(context: Context): boolean {
  const parent = trace.getSpanContext(context)
  return parent !== undefined && isSpanContextValid(parent)
}
