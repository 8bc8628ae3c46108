import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { formatTrace, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

const file = join(import.meta.dirname, '../older/app.mjs')

/** How often each comes, on one request that does everything that test/apps/import-styles/operate.mjs does. */
const expected = {
  'SERVER GET /orders/:id': 1,
  'SERVER GET': 5,
  'CLIENT GET': 6,
  'CLIENT pg.query:SELECT postgres': 6,
  'CLIENT redis-GET': 1,
  'CLIENT get': 2,
  'PRODUCER add fulfilment': 1,
  'CLIENT evalsha': 2,
  'CONSUMER process fulfilment': 1,
}

test.each([
  { libraries: 'Express 4, redis 5, ioredis 5 and BullMQ 5', redis: 'redis' },
  { libraries: 'Express 4, redis 4, ioredis 5 and BullMQ 5', redis: 'redis-4' },
])('$libraries: one trace, one span per operation', async ({ redis }) => {
  await using receiver = await startReceiver()
  const { pgUrl, redisUrl } = inject('services')

  const { code, stderr } = await runApp({
    file,
    nodeOptions: ['--import', '@org/otel/register'],
    env: {
      ...receiver.env,
      OTEL_SERVICE_NAME: 'older',
      PG_URL: pgUrl,
      REDIS_URL: redisUrl,
      REDIS_PACKAGE: redis,
    },
  })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const spans = receiver.spans()
  expect(new Set(spans.map(span => span.traceId)).size, formatTrace(spans)).toBe(1)
  expect(countBy(spans.map(span => `${span.kind} ${span.name}`))).toEqual(expected)
})

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, name => name)].map(([name, same]) => [name, same.length]))
}
