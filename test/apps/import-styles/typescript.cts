const { setUp } = require('./set-up.cjs') as { setUp(here: string): void }
setUp('first')
const http: typeof import('node:http') = require('node:http')
const https: typeof import('node:https') = require('https')
const bullmq: typeof import('bullmq') = require('bullmq')
const bunyan = require('bunyan') as unknown
const express: typeof import('express') = require('express')
const ioredis: typeof import('ioredis') = require('ioredis')
const pg: typeof import('pg') = require('pg')
const { pino } = require('pino') as typeof import('pino')
const redis: typeof import('redis') = require('redis')
const winston: typeof import('winston') = require('winston')
setUp('last')

void import('./operate.mjs').then(({ operate }) =>
  operate({ http, https, express, pg, redis, ioredis, bullmq, pino, winston, bunyan }),
)
