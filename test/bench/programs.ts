import type { Arrivals } from './count-arrivals.ts'
import type { Variant } from './variants.ts'

/** A service in peers/, what it is asked, and what telemetry says of one request. */
export interface Program {
  readonly file: string
  readonly path: string
  readonly spans: readonly string[]
  readonly metrics: readonly string[]
}

export const small: Program = {
  file: 'small.cjs',
  path: '/users/17',
  spans: ['SERVER GET /users/:id /users/:id'],
  metrics: ['http.server.request.duration /users/:id'],
}

export const shop: Program = {
  file: 'shop.cjs',
  path: '/products/17',
  spans: ['SERVER GET /products/:id /products/:id', 'CLIENT postgresql', 'CLIENT redis', 'CLIENT http'],
  metrics: ['http.server.request.duration /products/:id', 'http.client.request.duration'],
}

/** So much of what was to arrive has to: something that is fast because it loses what it has seen cannot win. */
const needed = 0.999

/** What is wrong with what arrived from a service that was asked so often. */
export function audit(program: Program, variant: Variant, requests: number, arrivals: Arrivals = {}): string[] {
  const { traced, isMetered } = variant.brings
  const metrics = isMetered ? program.metrics : []
  const spans = traced > 0 ? program.spans : []
  return [
    ...metrics.map(what => [what, requests * needed] as const),
    ...spans.map(what => [what, leastTraced(requests, traced)] as const),
  ]
    .filter(([what, least]) => (arrivals[what] ?? 0) < least)
    .map(
      ([what, least]) => `${variant.name}: ${arrivals[what] ?? 0} of ${what} arrived, ${Math.ceil(least)} are needed`,
    )
}

/** Which requests are sampled is chance: five standard deviations below what is expected do not happen. */
function leastTraced(requests: number, traced: number): number {
  return traced === 1 ? requests * needed : requests * traced - 5 * Math.sqrt(requests * traced * (1 - traced))
}
