import { createRequire } from 'node:module'
import { setUp } from './set-up.mjs'
setUp('first')
const require = createRequire(import.meta.url)
const http = process.getBuiltinModule('http')
const https = process.getBuiltinModule('node:https')
const [express, pg, redis, ioredis, bullmq] = ['express', 'pg', 'redis', 'ioredis', 'bullmq'].map(require)
const [pino, winston, bunyan] = ['pino', 'winston', 'bunyan'].map(require)
const { operate } = require('./operate.mjs')
setUp('last')

await operate({ http, https, express, pg, redis, ioredis, bullmq, pino, winston, bunyan })
