import { setUp } from './set-up.mjs'
setUp('first')
import http from 'node:http'
import { createServer, get, request } from 'node:https'
import * as bullmq from 'bullmq'
import type { Redis } from 'ioredis'
import express from 'express'
import * as ioredis from 'ioredis'
import pg from 'pg'
import { pino } from 'pino'
import * as redis from 'redis'
import winston from 'winston'
import bunyan from 'bunyan'
import { operate } from './operate.mjs'
setUp('last')

const https: { readonly get: typeof get } = { createServer, get, request } as const satisfies object
const client: { readonly Redis: typeof Redis } = ioredis

await operate({ http, https, express, pg, redis, ioredis: client, bullmq, pino, winston, bunyan })
