// Commands of node-redis and ioredis, each below a span that says what is done.
import { trace } from '@opentelemetry/api'
import { Redis } from 'ioredis'
import { createClient, createClientPool } from 'redis'

const url = process.env.REDIS_URL
const connection = { lazyConnect: true, retryStrategy: () => undefined }
const tracer = trace.getTracer('app')

function within(name, work) {
  return tracer.startActiveSpan(name, span =>
    work()
      .catch(() => {})
      .finally(() => span.end()),
  )
}

let forgotten = 0
process.on('unhandledRejection', () => (forgotten += 1))

const client = createClient({ url })
await within('redis: a connection', () => client.connect())
await client.set('commands:text', 'x')
await client.del('commands:hash')
await within('redis: commands', async () => {
  await client.get('commands:text')
  await client.hSet('commands:hash', 'field', 'value')
  await client.hGetAll('commands:hash')
  await client.sendCommand(['get', Buffer.from('commands:text')])
  await client.eval('return ARGV[1]', { arguments: ['secret'] })
})
await within('redis: an error', () => client.incr('commands:text'))
await within('redis: a transaction', () => client.multi().get('commands:text').get('commands:hash').exec())
await within('redis: half a transaction', () => client.multi().incr('commands:text').ping().exec())
await within('redis: a pipeline', () => client.multi().get('commands:text').ping().execAsPipeline())
await within('redis: half a pipeline', () => client.multi().incr('commands:text').ping().execAsPipeline())
void client.incr('commands:text')
client.destroy()
await within('redis: without a connection', () => client.get('commands:text'))

const early = createClient({ url })
const connecting = early.connect()
await within('redis: before there is a connection', () => early.get('commands:text'))
await connecting
await early.close()

const pool = await createClientPool({ url }).connect()
await within('redis: a pool', () => pool.get('commands:text'))
await pool.close()

const nowhere = createClient({ socket: { path: '/nowhere/redis.sock' } })
await within('redis: a socket file', () => nowhere.get('elsewhere'))

const redis = new Redis(url, connection)
const waiting = [
  within('ioredis: opens the connection', () => redis.get('commands:text')),
  within('ioredis: waits for the connection', () => redis.get('commands:hash')),
]
await Promise.all(waiting)
await redis.get('commands:text')
await within('ioredis: commands', async () => {
  await redis.hset('commands:hash', 'field', 'value')
  await redis.hgetall('commands:hash')
  await redis.eval('return ARGV[1]', 0, 'secret')
  await new Promise(resolve => void redis.get('commands:text', resolve))
})
await within('ioredis: an error', () => redis.incr('commands:text'))
await within('ioredis: a pipeline', () => redis.pipeline().get('commands:text').incr('commands:text').exec())
await within('ioredis: a transaction', () => redis.multi().get('commands:text').get('commands:hash').exec())
void redis.incr('commands:text')
await redis.quit()
await within('ioredis: without a connection', () => redis.get('commands:text'))

const automatic = new Redis(url, { ...connection, enableAutoPipelining: true })
await automatic.connect()
await Promise.all([
  within('ioredis: one of a pipeline', () => automatic.get('commands:text')),
  within('ioredis: another one of it', () => automatic.get('commands:hash')),
])
await automatic.quit()
const lost = new Redis('/nowhere/ioredis.sock', connection)
lost.on('error', () => {})
await within('ioredis: a socket file', () => lost.get('elsewhere'))
process.stdout.write(`${forgotten} forgotten rejections\n`)
