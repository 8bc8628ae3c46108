const { setUp } = require('./set-up.cjs')
setUp('first')
const http = require('http')
const https = require('node:https')
const bullmq = require('bullmq')
const bunyan = require('bunyan')
const express = require('express')
const ioredis = require('ioredis')
const pg = require('pg')
const pino = require('pino')
const redis = require('redis')
const winston = require('winston')
setUp('last')

void import('./operate.mjs').then(({ operate }) =>
  operate({ http, https, express, pg, redis, ioredis, bullmq, pino, winston, bunyan }),
)
