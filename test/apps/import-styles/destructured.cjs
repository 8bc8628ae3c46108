const { setUp } = require('./set-up.cjs')
setUp('first')
const { createServer, get, request } = require('node:http')
const { createServer: createSecureServer, get: secureGet, request: secureRequest } = require('https')
const { Queue, Worker } = require('bullmq')
const { createLogger: createBunyan } = require('bunyan')
const express = require('express')
const { Router } = express
const { Redis } = require('ioredis')
const { Client, Pool } = require('pg')
const { pino } = require('pino')
const { createClient } = require('redis')
const { createLogger, format, transports } = require('winston')
setUp('last')

void import('./operate.mjs').then(({ operate }) =>
  operate({
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
  }),
)
