import { setUp } from './set-up.mjs'
setUp('first')
import { createServer, get, request } from 'http'
import { createServer as createSecureServer, get as secureGet, request as secureRequest } from 'https'
import { Queue, Worker } from 'bullmq'
import { createLogger as createBunyan } from 'bunyan'
import express, { Router } from 'express'
import { Redis } from 'ioredis'
import { Client, Pool } from 'pg'
import { pino } from 'pino'
import { createClient } from 'redis'
import { createLogger, format, transports } from 'winston'
import { operate } from './operate.mjs'
setUp('last')

await operate({
  http: { createServer, get, request },
  https: { createServer: createSecureServer, get: secureGet, request: secureRequest },
  express: Object.assign(() => express(), { Router }),
  pg: { Client, Pool },
  redis: { createClient },
  ioredis: { Redis },
  bullmq: { Queue, Worker },
  pino,
  winston: { createLogger, format, transports },
  bunyan: { createLogger: createBunyan },
})
