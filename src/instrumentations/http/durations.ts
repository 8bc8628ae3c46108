import { type Attributes, type Context, type Histogram, type Meter, ValueType } from '@opentelemetry/api'
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PROTOCOL_VERSION,
} from '@opentelemetry/semantic-conventions'

// As https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ advises.
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** Routes and hosts are few. Where they are not, what is kept of them does not grow. */
const maxKept = 1000

/** What one measurement is about: both sides of HTTP have the same parts. */
export interface Measured {
  /** The value that differs most, of which few others follow: the route, or the address. */
  readonly group: string | undefined
  /** The other one that only this side has: the scheme, or the port. */
  readonly detail: string | number | undefined
  readonly method: string
  readonly version: string | undefined
  readonly status: number | undefined
  readonly errorType: string | undefined
}

/** The attributes that the group and the detail stand for; those without a value are left out. */
type DescribePlace = (group: Measured['group'], detail: Measured['detail']) => Attributes

interface Kept extends Measured {
  readonly attributes: Attributes
}

/** A histogram of durations whose attributes are made once for each set of values, and not for each request. */
export class Durations {
  readonly #histogram: Histogram
  readonly #describePlace: DescribePlace
  readonly #kept = new Map<string | undefined, Kept[]>()
  #count = 0

  constructor(meter: Meter, name: string, description: string, describePlace: DescribePlace) {
    const advice = { explicitBucketBoundaries: boundaries }
    this.#histogram = meter.createHistogram(name, { description, unit: 's', valueType: ValueType.DOUBLE, advice })
    this.#describePlace = describePlace
  }

  record(seconds: number, measured: Measured, context: Context): void {
    this.#histogram.record(seconds, this.#attributesOf(measured), context)
  }

  #attributesOf(measured: Measured): Attributes {
    const group = this.#kept.get(measured.group)
    for (const kept of group ?? []) if (isSame(kept, measured)) return kept.attributes
    const attributes = this.#describe(measured)
    if (this.#count++ === maxKept) {
      this.#kept.clear()
      this.#count = 1
    }
    const kept = { ...measured, attributes }
    if (this.#kept.has(measured.group)) group?.push(kept)
    else this.#kept.set(measured.group, [kept])
    return attributes
  }

  #describe({ group, detail, method, version, status, errorType }: Measured): Attributes {
    const place = Object.entries(this.#describePlace(group, detail)).filter(([, value]) => value !== undefined)
    const attributes: Attributes = { [ATTR_HTTP_REQUEST_METHOD]: method, ...Object.fromEntries(place) }
    if (version !== undefined) attributes[ATTR_NETWORK_PROTOCOL_VERSION] = version
    if (status !== undefined) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = status
    if (errorType !== undefined) attributes[ATTR_ERROR_TYPE] = errorType
    return Object.freeze(attributes) // whose place in the histogram is found by the object
  }
}

function isSame(a: Measured, b: Measured): boolean {
  return (
    a.status === b.status &&
    a.method === b.method &&
    a.detail === b.detail &&
    a.version === b.version &&
    a.errorType === b.errorType
  )
}
