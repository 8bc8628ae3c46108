// One command of each library that is answered and one that fails, with options that look into everything, below no span.
import { setupOtel } from '@org/otel'
import { Redis } from 'ioredis'
import { createClient } from 'redis'

const options = {
  requireParentSpan: false,
  dbStatementSerializer: (name, args) => {
    if (name.toLowerCase() === 'strlen') throw new Error('no text')
    return [name, ...args].join('/')
  },
  requestHook: (span, { moduleVersion, cmdName, cmdArgs }) =>
    span.setAttribute('request', [moduleVersion, cmdName, ...cmdArgs].join('/')),
  responseHook: (span, name, args, reply) => {
    span.setAttribute('response', [name, ...args, reply].join('/'))
    throw new Error('no more')
  },
}
setupOtel({ instrumentations: { redis: options, ioredis: options } })

const url = process.env.REDIS_URL
const client = await createClient({ url }).connect()
await client.set('hooks:text', 'x')
await client.incr('hooks:text').catch(() => {})
await client.strLen('hooks:text')
await client.close()

const redis = new Redis(url, { lazyConnect: true, protocol: 2, enableReadyCheck: false, disableClientInfo: true })
await redis.set('hooks:text', 'x')
await redis.incr('hooks:text').catch(() => {})
await redis.strlen('hooks:text')
redis.disconnect()
