import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { metrics } from '@opentelemetry/api'
import { Queue } from 'bullmq'
import express, { type NextFunction, type Request, type Response } from 'express'
import { Pool } from 'pg'
import { pino } from 'pino'
import { createClient } from 'redis'
import {
  cacheKey,
  cacheSeconds,
  createTable,
  type FulfilJob,
  fulfilmentQueue,
  type Order,
  parseOrder,
} from './order.ts'

const {
  PORT = '3000',
  DATABASE_URL = 'postgres://postgres@127.0.0.1:5432/postgres',
  REDIS_URL = 'redis://127.0.0.1:6379',
} = process.env

const log = pino()
const ordersCreated = metrics
  .getMeter('orders')
  .createCounter('orders.created', { description: 'Orders taken', unit: '{order}' })

const postgres = new Pool({ connectionString: DATABASE_URL })
const redis = createClient({ url: REDIS_URL })
const queue = new Queue<FulfilJob>(fulfilmentQueue, { connection: { url: REDIS_URL } })
postgres.on('error', error => log.error(error, 'postgres'))
redis.on('error', error => log.error(error, 'redis'))
queue.on('error', error => log.error(error, 'queue'))

const app = express()
app.use(express.json())

app.post('/orders', async (req, res) => {
  const wish = parseOrder(req.body)
  if (!wish) {
    res.status(400).json({ error: 'expected { "item": "tea", "quantity": 2 }' })
    return
  }
  const order: Order = { id: randomUUID(), ...wish, status: 'received', tracking: null }
  await postgres.query('insert into orders (id, item, quantity) values ($1, $2, $3)', [
    order.id,
    order.item,
    order.quantity,
  ])
  await redis.set(cacheKey(order.id), JSON.stringify(order), { expiration: { type: 'EX', value: cacheSeconds } })
  await queue.add('fulfil', { orderId: order.id }, { attempts: 3, backoff: { type: 'exponential', delay: 200 } })
  ordersCreated.add(1)
  log.info({ orderId: order.id, item: order.item, quantity: order.quantity }, 'order received')
  res.status(201).json(order)
})

app.get('/orders/:id', async (req, res) => {
  const cached = await redis.get(cacheKey(req.params.id))
  if (cached) {
    res.type('json').send(cached)
    return
  }
  const { rows } = await postgres.query<Order>('select * from orders where id = $1', [req.params.id])
  if (rows[0]) res.json(rows[0])
  else res.status(404).json({ error: 'no such order' })
})

app.use((error: Error & { status?: number }, req: Request, res: Response, next: NextFunction) => {
  if (res.headersSent) return next(error)
  const status = error.status ?? 500
  if (status >= 500) log.error(error, `${req.method} ${req.path} failed`)
  res.status(status).json({ error: status >= 500 ? 'internal error' : error.message })
})

await Promise.all([postgres.query(createTable), redis.connect(), queue.waitUntilReady()])
const server = app.listen(Number(PORT), error => {
  if (error) throw error
  log.info({ port: (server.address() as AddressInfo).port }, 'listening')
})

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
log.info('stopping')
server.close()
await once(server, 'close') // requests under way are answered first
await Promise.all([queue.close(), redis.close(), postgres.end()])
