import { type Receiver, startReceiver } from '../../src/testing.ts'
import { startOnlyRedis } from '../../test/services/start-services.ts'
import type { Stage } from './stage.ts'

export interface Backends {
  readonly redisUrl: string
  readonly receiver: Receiver
}

/** A real Redis, and a receiver inside the demo that keeps what arrives. */
export async function startBackends(stage: Stage): Promise<Backends> {
  const [{ redisUrl }, receiver] = await stage.within(
    90,
    'Starting Redis and the receiver',
    Promise.all([
      stage.own(startOnlyRedis(), redis => redis.stop()),
      stage.own(startReceiver(), receiver => receiver.close()),
    ]),
  )
  return { redisUrl, receiver }
}
