import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import pg from 'pg'
import { inject } from 'vitest'

/** Something of its own on a server that all test files share. */
export interface PrivateServer extends AsyncDisposable {
  readonly url: string
}

/** An empty Postgres database, dropped when disposed of. */
export async function privatePostgres(): Promise<PrivateServer> {
  const { pgUrl } = inject('services')
  const name = `test_${randomBytes(6).toString('hex')}`
  await execute(pgUrl, `CREATE DATABASE ${name}`)
  const url = new URL(pgUrl)
  url.pathname = name
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => execute(pgUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function execute(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const claim = 'claimed-by-test'

/** An empty database of the Redis server (1 to 15), emptied again when disposed of. Databases with anything in them are left alone. */
export async function privateRedis(): Promise<PrivateServer> {
  const redis = new Redis(inject('services').redisUrl)
  for (let database = 1; database < 16; database += 1) {
    await redis.select(database)
    const isEmpty = (await redis.dbsize()) === 0
    if (!isEmpty || (await redis.setnx(claim, 1)) === 0) continue
    const url = new URL(inject('services').redisUrl)
    url.pathname = `${database}`
    return {
      url: url.href,
      async [Symbol.asyncDispose]() {
        await redis.flushdb()
        await redis.quit()
      },
    }
  }
  redis.disconnect()
  throw new Error('No empty database among the sixteen of the Redis server.')
}
