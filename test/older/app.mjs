// The operations of test/apps/import-styles with the oldest majors that this folder's package.json names.
import http from 'node:http'
import https from 'node:https'
import bullmq from 'bullmq'
import bunyan from 'bunyan'
import express from 'express'
import ioredis from 'ioredis'
import pg from 'pg'
import { pino } from 'pino'
import winston from 'winston'
import { operate } from '../apps/import-styles/operate.mjs'

const library = await import(process.env.REDIS_PACKAGE)
const redis = {
  createClient(options) {
    const client = library.createClient(options)
    client.close ??= client.quit // its name before redis 5
    return client
  },
}

await operate({ http, https, express, pg, redis, ioredis, bullmq, pino, winston, bunyan })
