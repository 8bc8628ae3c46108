import type { Meter, ObservableResult } from '@opentelemetry/api'

/** What the counts of connections are about: kept by the official instrumentation until it is ended. */
export interface Pool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

/** Pools by the attributes that the official instrumentation gives them. */
export type Pools = Iterable<readonly [Pool, { readonly attributes: PoolAttributes }]>
type PoolAttributes = Readonly<Record<string, string>>

const state = 'db.client.connection.state'

/** By the names of metrics: what is counted of a pool, and with which attributes besides those of the pool. */
const counts: Readonly<Record<string, readonly Count[]>> = {
  'db.client.connection.count': [
    { of: ({ totalCount, idleCount }) => totalCount - idleCount, attributes: { [state]: 'used' } },
    { of: ({ idleCount }) => idleCount, attributes: { [state]: 'idle' } },
  ],
  'db.client.connection.pending_requests': [{ of: ({ waitingCount }) => waitingCount, attributes: {} }],
}
interface Count {
  of(pool: Pool): number
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * The same meter, but that pools are looked at when metrics are collected. The official instrumentation counts with each
 * connection that is taken and given back: six measurements for a query.
 */
export function observePools(meter: Meter, pools: () => Pools): Meter {
  const observing: Pick<Meter, 'createUpDownCounter'> = {
    createUpDownCounter(name, options) {
      const parts = counts[name]
      if (parts === undefined) return meter.createUpDownCounter(name, options)
      meter.createObservableUpDownCounter(name, options).addCallback(result => {
        for (const part of parts) observe(result, part, pools())
      })
      return { add() {} }
    },
  }
  return Object.assign(Object.create(meter), observing)
}

/** Pools of one name are one. */
function observe(result: ObservableResult, { of, attributes }: Count, pools: Pools): void {
  const byName = Map.groupBy(pools, ([, { attributes }]) => JSON.stringify(attributes))
  for (const [name, same] of byName) {
    const sum = same.reduce((sum, [pool]) => sum + of(pool), 0)
    result.observe(sum, { ...JSON.parse(name), ...attributes })
  }
}
