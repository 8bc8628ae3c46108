import { Redis } from 'ioredis'
import pg from 'pg'
import { expect, test } from 'vitest'
import { privatePostgres, privateRedis } from './private-services.ts'

test('private databases of Postgres do not see each other, and are dropped even when still in use', async () => {
  const [one, other] = await Promise.all([privatePostgres(), privatePostgres()])
  const client = new pg.Client(one.url)
  client.on('error', () => {}) // the end of its database
  await client.connect()
  await client.query('create table mine ()')
  expect(await tables(one.url)).toEqual(['mine'])
  expect(await tables(other.url)).toEqual([])

  await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
  await expect(tables(one.url)).rejects.toThrow('does not exist')
})

test('private databases of Redis do not see each other, and are empty again afterwards', async () => {
  const [one, other] = await Promise.all([privateRedis(), privateRedis()])
  const [redis, otherRedis] = [new Redis(one.url), new Redis(other.url)]
  await redis.set('mine', '1')
  expect(await otherRedis.get('mine')).toBeNull()
  await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
  expect(await redis.dbsize()).toBe(0)
  for (const client of [redis, otherRedis]) client.disconnect()
})

test('a database of Redis in which somebody keeps something is left alone', async () => {
  await using foreign = await privateRedis()
  const redis = new Redis(foreign.url)
  await redis.flushdb() // takes the claim away with it
  await redis.set('precious', '1')
  await using own = await privateRedis()
  redis.disconnect()
  expect(own.url).not.toBe(foreign.url)
})

async function tables(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  const { rows } = await client.query(`select tablename from pg_tables where schemaname = 'public'`)
  await client.end()
  return rows.map(row => row.tablename)
}
