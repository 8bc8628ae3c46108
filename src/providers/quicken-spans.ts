import type { Attributes, Context, HrTime, Span, SpanOptions } from '@opentelemetry/api'
import { millisToHrTime } from '@opentelemetry/core'
import { type Sampler, TracerProvider } from '@opentelemetry/sdk-trace'

/** What is private in the SDK's spans: they are pinned and bundled, and tests compare with what they do by themselves. */
interface SdkSpan extends Span {
  attributes: Attributes
  _attributesCount: number
  readonly _ended: boolean
  readonly _spanLimits: { readonly attributeCountLimit: number; readonly attributeValueLengthLimit: number }
  _getTime(given: unknown): HrTime
}

interface SdkTracer {
  readonly _sampler: Sampler
  readonly _tracerMetrics: { startSpan(): (() => void) | undefined }
  startSpan(name: string, options?: SpanOptions, context?: Context): Span
}

/** Samplers that have to see a span with the attributes that it is started with, as must whoever they work beside. */
export const needAttributes: WeakSet<Sampler> = new WeakSet()

/**
 * The SDK copies the attributes that a span is started with twice, and makes a set for each value that it looks at; where
 * nobody asks for them that early they are set on the spans that are recorded. What is usual, a string, a number or a
 * boolean that finds its place, is set directly; all else is left to the SDK. Changes the classes in our bundle.
 */
export function quickenSpans(): void {
  const tracer = new TracerProvider().getTracer('') as unknown as SdkTracer
  const tracers = Object.getPrototypeOf(tracer) as SdkTracer
  const spans = Object.getPrototypeOf(tracer.startSpan('')) as SdkSpan
  const { startSpan } = tracers
  const { setAttribute, _getTime } = spans
  const metrics = Object.getPrototypeOf(tracer._tracerMetrics) as SdkTracer['_tracerMetrics']

  tracers.startSpan = function (this: SdkTracer, name, options, context) {
    const attributes = options?.attributes
    if (attributes === undefined || needAttributes.has(this._sampler)) return startSpan.call(this, name, options, context)
    const { attributes: _, ...rest } = options!
    const span = startSpan.call(this, name, rest, context)
    return span.isRecording() ? setAttributes.call(span as SdkSpan, attributes) : span
  }

  // It would count spans for a meter provider, which ours is not given.
  metrics.startSpan = () => undefined

  // The time of day; the SDK asks whether this process may be that old.
  spans._getTime = function (this: SdkSpan, given) {
    return typeof given === 'number' && given > timeOfDay ? millisToHrTime(given) : _getTime.call(this, given)
  }

  spans.setAttribute = function (this: SdkSpan, key, value) {
    return setUsual(this, key, value) ? this : setAttribute.call(this, key, value)
  }

  function setAttributes(this: SdkSpan, attributes: Attributes): SdkSpan {
    if (setAllUsual(this, attributes)) return this
    for (const key in attributes) {
      if (Object.hasOwn(attributes, key) && !setUsual(this, key, attributes[key])) {
        setAttribute.call(this, key, attributes[key]!)
      }
    }
    return this
  }
  spans.setAttributes = setAttributes
}

/** In milliseconds: a number that is less is one of `performance.now()`. */
const timeOfDay = 1e12

/** The first attributes of a span, in one piece. */
function setAllUsual(span: SdkSpan, given: Attributes): boolean {
  const { attributeCountLimit } = span._spanLimits
  if (span._ended || span._attributesCount > 0) return false
  const attributes = { ...given }
  const names = Object.keys(attributes)
  if (names.length > attributeCountLimit) return false
  for (const name of names) if (!isUsual(span, name, attributes[name])) return false
  span.attributes = attributes
  span._attributesCount = names.length
  return true
}

function setUsual(span: SdkSpan, name: string, value: unknown): boolean {
  if (span._ended || !isUsual(span, name, value)) return false
  if (!Object.hasOwn(span.attributes, name)) {
    if (span._attributesCount >= span._spanLimits.attributeCountLimit) return false
    span._attributesCount++
  }
  span.attributes[name] = value
  return true
}

function isUsual({ _spanLimits: limits }: SdkSpan, name: unknown, value: unknown): value is string | number | boolean {
  if (typeof name !== 'string' || name === '') return false
  if (typeof value === 'string') return value.length <= limits.attributeValueLengthLimit
  return typeof value === 'number' || typeof value === 'boolean'
}
