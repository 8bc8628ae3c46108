// Several versions of the same libraries in one app.
import { createRequire } from 'node:module'
import { trace } from '@opentelemetry/api'
import { Redis as IORedis5 } from 'ioredis'
import { createClient as createClient5 } from 'redis'
import { createClient as createClient4 } from 'redis-4'

const requireNewest = createRequire(new URL('../apps/any.js', import.meta.url))
const url = process.env.REDIS_URL
const tracer = trace.getTracer('app')

const clients = { 'redis 4': createClient4, 'redis 5': createClient5, 'redis 6': requireNewest('redis').createClient }
for (const [name, createClient] of Object.entries(clients)) {
  const client = createClient({ url })
  await client.connect()
  await tracer.startActiveSpan(name, span => client.get('copies').finally(() => span.end()))
  await client.quit()
}
for (const [name, Redis] of Object.entries({ 'ioredis 5': IORedis5, 'ioredis 6': requireNewest('ioredis') })) {
  const redis = new Redis(url)
  await tracer.startActiveSpan(name, span => redis.get('copies').finally(() => span.end()))
  redis.disconnect()
}
