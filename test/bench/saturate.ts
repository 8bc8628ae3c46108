import { Child } from './child.ts'
import { type Fleet, plainEnvironment, type Service } from './fleet.ts'
import { peers } from './variants.ts'

/** What a service does when it is asked as much as it takes, by autocannon. */
export interface Saturation {
  readonly perSecond: number
  /** Processor time per request. */
  readonly us: number
}

interface Order {
  readonly port: number
  readonly path: string
  readonly seconds: number
  readonly connections: number
}

interface Answer {
  readonly requests: number
  readonly took: number
  readonly failed: number
}

/** One service after the other. */
export async function saturate(
  { services }: Fleet,
  how: Pick<Order, 'path' | 'seconds'>,
): Promise<Readonly<Record<string, Saturation>>> {
  const cannon = await Child.start<Order, true>(`${peers}/saturate.cjs`, { env: plainEnvironment() })
  const saturations: Record<string, Saturation> = {}
  for (const service of services) saturations[service.variant.name] = await saturateOne(cannon, service, how)
  await cannon.stop()
  return saturations
}

async function saturateOne(cannon: Child<Order, true>, service: Service, how: Pick<Order, 'path' | 'seconds'>) {
  const before = await service.usage()
  const { requests, took, failed } = await cannon.ask<Answer>({ ...how, port: service.port, connections: 10 })
  const after = await service.usage()
  if (failed > 0) throw new Error(`${service.variant.name}: ${failed} requests of autocannon failed`)
  return { perSecond: requests / took, us: (after.cpuUs - before.cpuUs) / requests }
}
