import { setUp } from './set-up.mjs'
setUp('first')
import http from 'node:http'
import https from 'node:https'
// oxlint-disable-next-line import/default -- Node gives CommonJS one, whatever the linter makes of it
import bullmq from 'bullmq'
import bunyan from 'bunyan'
import express from 'express'
import ioredis from 'ioredis'
import pg from 'pg'
import pino from 'pino'
import redis from 'redis'
import winston from 'winston'
import { operate } from './operate.mjs'
setUp('last')

await operate({ http, https, express, pg, redis, ioredis, bullmq, pino, winston, bunyan })
