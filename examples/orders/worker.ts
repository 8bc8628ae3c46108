import { once } from 'node:events'
import { type Job, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { pino } from 'pino'
import { cacheKey, cacheSeconds, type FulfilJob, fulfilmentQueue, type Order } from './order.ts'

const {
  CARRIER_URL = 'http://127.0.0.1:4000',
  DATABASE_URL = 'postgres://postgres@127.0.0.1:5432/postgres',
  REDIS_URL = 'redis://127.0.0.1:6379',
} = process.env

const log = pino()
const postgres = new Pool({ connectionString: DATABASE_URL })
const redis = new Redis(REDIS_URL)

async function bookShipment(orderId: string): Promise<string> {
  const response = await fetch(`${CARRIER_URL}/shipments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ orderId }),
    signal: AbortSignal.timeout(5000),
  })
  if (!response.ok) throw new Error(`the carrier answered ${response.status}`)
  const { tracking } = (await response.json()) as { tracking: string }
  return tracking
}

async function fulfil({ data: { orderId } }: Job<FulfilJob>): Promise<void> {
  const tracking = await bookShipment(orderId)
  const { rows } = await postgres.query<Order>(
    `update orders set status = 'shipped', tracking = $2 where id = $1 returning *`,
    [orderId, tracking],
  )
  await redis.set(cacheKey(orderId), JSON.stringify(rows[0]), 'EX', cacheSeconds)
  log.info({ orderId, tracking }, 'order shipped')
}

const worker = new Worker<FulfilJob>(fulfilmentQueue, fulfil, {
  connection: { url: REDIS_URL, maxRetriesPerRequest: null },
  concurrency: 5,
})
postgres.on('error', error => log.error(error, 'postgres'))
redis.on('error', error => log.error(error, 'redis'))
worker.on('error', error => log.error(error, 'worker'))
worker.on('failed', (job, error) =>
  log.warn({ orderId: job?.data.orderId, attempt: job?.attemptsMade, err: error }, 'attempt failed'),
)

await worker.waitUntilReady()
log.info('waiting for orders')

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
log.info('stopping')
await worker.close() // jobs under way are finished first
await Promise.all([redis.quit(), postgres.end()])
