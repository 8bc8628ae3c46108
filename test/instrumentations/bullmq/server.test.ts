import { Cluster, Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { serverAttributes } from '../../../src/instrumentations/bullmq/server.ts'

const at = (address?: string, port?: number) => ({
  ...(address === undefined ? {} : { 'server.address': address }),
  ...(port === undefined ? {} : { 'server.port': port }),
})

test.each([
  ['options', { host: 'redis', port: 6380, password: 'secret' }, at('redis', 6380)],
  ['an address', { url: 'redis://user:secret@redis:6380/1' }, at('redis', 6380)],
  ['an address without a port', { url: 'rediss://redis' }, at('redis', 6379)],
  ['an address that is none', { url: 'redis' }, {}],
  ['a port as text', { host: 'redis', port: '6380' }, at('redis', 6380)],
  ['a socket file', { path: '/run/redis.sock', port: 6379 }, at('/run/redis.sock')],
  ['a client of ioredis', new Redis({ host: 'redis', port: 6380, lazyConnect: true }), at('redis', 6380)],
  ['a client of node-redis', { options: { socket: { host: 'redis', port: 6380 } } }, at('redis', 6380)],
  ['sentinels', { sentinels: [{ host: 'a', port: 1 }], name: 'main', host: 'localhost' }, {}],
  ['a cluster', new Cluster([{ host: 'a' }], { lazyConnect: true }), {}],
  ['nothing', undefined, {}],
  ['no host', {}, {}],
])('the address of Redis is read from %s', (_from, connection, expected) => {
  expect(serverAttributes(connection)).toEqual(expected)
})
