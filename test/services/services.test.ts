import { Redis } from 'ioredis'
import pg from 'pg'
import { expect, inject, test } from 'vitest'

test('Postgres answers on many connections at once', async () => {
  const pool = new pg.Pool({ connectionString: inject('services').pgUrl, max: 20 })
  const queries = Array.from({ length: 40 }, (_, i) =>
    pool.query('select $1::int as number, pg_backend_pid() as pid', [i]),
  )
  const rows = (await Promise.all(queries)).map(result => result.rows[0])
  await pool.end()
  expect(rows[7].number).toBe(7)
  expect(new Set(rows.map(row => row.pid)).size).toBeGreaterThan(1)
})

test('Redis answers and keeps what BullMQ needs', async () => {
  const redis = new Redis(inject('services').redisUrl)
  const [, policy] = await redis.config('GET', 'maxmemory-policy')
  const pong = await redis.ping()
  redis.disconnect()
  expect(pong).toBe('PONG')
  expect(policy).toBe('noeviction')
})
