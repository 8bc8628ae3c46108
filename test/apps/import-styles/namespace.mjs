import { setUp } from './set-up.mjs'
setUp('first')
import * as http from 'http'
import * as https from 'node:https'
import * as bullmq from 'bullmq'
import * as bunyan from 'bunyan'
import * as express from 'express'
import * as ioredis from 'ioredis'
import * as pg from 'pg'
import * as pino from 'pino'
import * as redis from 'redis'
import * as winston from 'winston'
import { operate } from './operate.mjs'
setUp('last')

await operate({
  http,
  https,
  express: express.default,
  pg,
  redis,
  ioredis,
  bullmq,
  pino: pino.pino,
  winston,
  bunyan,
})
