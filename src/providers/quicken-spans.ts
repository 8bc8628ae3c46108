import type { Attributes, Context, HrTime, Span, SpanOptions } from '@opentelemetry/api'
import { cleanAttributes, millisToHrTime } from '@opentelemetry/core'
import { type Sampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { UnheardSampler } from './unheard-sampler.ts'
import { type Attributed, type Limits, setAllUsual, setUsual } from './usual-attributes.ts'

/** What is private in the SDK's spans: they are pinned and bundled, and tests compare with what they do by themselves. */
interface SdkSpan extends Span, Attributed {
  readonly _ended: boolean
  _droppedAttributesCount: number
  readonly _spanLimits: Limits
  _getTime(given: unknown): HrTime
}

interface SdkTracer {
  readonly _sampler: Sampler
  readonly _tracerMetrics: { startSpan(): (() => void) | undefined }
  startSpan(name: string, options?: SpanOptions, context?: Context): Span
}

/** Samplers which see a span with the attributes that it is started with, as do the processors beside them. */
export const needAttributes: WeakSet<Sampler> = new WeakSet()

/** In milliseconds: a number that is less is one of `performance.now()`. */
const timeOfDay = 1e12

/**
 * The SDK copies the attributes that a span is started with twice, and makes a set for each value that it looks at; where
 * nobody asks for them that early they are set on the spans that are recorded. What is usual is set directly, all else
 * is left to the SDK. Changes the classes in our bundle, which nobody else has.
 */
export function quickenSpans(): void {
  const tracer = new TracerProvider().getTracer('') as unknown as SdkTracer
  const tracers = Object.getPrototypeOf(tracer) as SdkTracer
  const metrics = Object.getPrototypeOf(tracer._tracerMetrics) as SdkTracer['_tracerMetrics']
  const spans = Object.getPrototypeOf(tracer.startSpan('')) as SdkSpan
  const { startSpan } = tracers
  const { setAttribute, _getTime } = spans

  tracers.startSpan = function (this: SdkTracer, name, options, context) {
    const { _sampler: sampler } = this
    const attributes = needAttributes.has(sampler) ? undefined : options?.attributes
    const rest = attributes === undefined ? options : withoutAttributes(options)
    if (sampler instanceof UnheardSampler) {
      sampler.forget()
      return sampler.mark(startSpan.call(this, name, rest, context))
    }
    const span = startSpan.call(this, name, rest, context)
    if (attributes !== undefined && span.isRecording()) setFirst(span as SdkSpan, attributes)
    return span
  }

  // It counts spans for a meter provider, which ours is not given.
  metrics.startSpan = () => undefined

  // The SDK asks for the time once more, to know whether this process is that old.
  spans._getTime = function (this: SdkSpan, given) {
    return typeof given === 'number' && given > timeOfDay ? millisToHrTime(given) : _getTime.call(this, given)
  }

  spans.setAttribute = function (this: SdkSpan, name, value) {
    return !this._ended && setUsual(this, this._spanLimits, name, value) ? this : setAttribute.call(this, name, value)
  }

  function setAttributes(this: SdkSpan, attributes: Attributes): SdkSpan {
    if (!this._ended && setAllUsual(this, this._spanLimits, attributes)) return this
    for (const name in attributes) {
      if (!Object.hasOwn(attributes, name)) continue
      const value = attributes[name]
      const isDone = !this._ended && (value === undefined || setUsual(this, this._spanLimits, name, value))
      if (!isDone) spans.setAttribute.call(this, name, value!)
    }
    return this
  }
  spans.setAttributes = setAttributes
}

function withoutAttributes(options?: SpanOptions): SpanOptions {
  return { ...options, attributes: noAttributes }
}

const noAttributes = Object.freeze({})

/** Unlike those which are set later, what is no attribute is counted. */
function setFirst(span: SdkSpan, given: Attributes): void {
  if (setAllUsual(span, span._spanLimits, given)) return
  const { attributes = {}, droppedAttributesCount = 0 } = cleanAttributes(given, span._spanLimits)
  span.attributes = attributes
  span._attributesCount = Object.keys(attributes).length
  span._droppedAttributesCount = droppedAttributesCount
}
