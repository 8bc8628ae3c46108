import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createClient } from 'redis'
import { startServices } from '../services/start-services.ts'
import { Child } from './child.ts'
import { plainEnvironment } from './fleet.ts'
import { peers } from './variants.ts'

/** Postgres and Redis with something in them, and a neighbour: what the shop of peers/shop.cjs needs. */
export interface Surroundings extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
}

export async function startSurroundings(): Promise<Surroundings> {
  const { pgUrl, redisUrl, stop } = await startServices()
  const neighbour = await Child.start<never, string>(`${peers}/neighbour.cjs`, { env: plainEnvironment() })
  const name = `bench_${randomBytes(6).toString('hex')}`
  const seen = `${name}:seen:17`
  await execute(pgUrl, `CREATE DATABASE ${name}`)
  const url = new URL(pgUrl)
  url.pathname = name
  await execute(url.href, ...fill)
  const redis = await createClient({ url: redisUrl }).connect()
  await redis.set(seen, '4711')
  return {
    env: { PG_URL: url.href, REDIS_URL: redisUrl, NEIGHBOUR_URL: neighbour.greeting, CACHE_PREFIX: name },
    async [Symbol.asyncDispose]() {
      await redis.del(seen)
      await redis.close()
      await execute(pgUrl, `DROP DATABASE ${name} WITH (FORCE)`)
      await neighbour.stop()
      await stop()
    },
  }
}

/** A hundred products with four hundred reviews each. */
const fill = [
  'CREATE TABLE products (id int PRIMARY KEY, name text, price numeric)',
  'CREATE TABLE reviews (product int REFERENCES products, author text, stars int, words text, at timestamptz)',
  "INSERT INTO products SELECT id, 'product ' || id, id * 1.5 FROM generate_series(1, 100) id",
  `INSERT INTO reviews SELECT 1 + number % 100, 'author ' || number, number % 5, repeat('words ', 10),
    timestamptz '2026-01-01' + number * interval '1 minute' FROM generate_series(1, 40000) number`,
  'CREATE INDEX ON reviews (product, at) INCLUDE (stars)',
  'VACUUM ANALYZE products, reviews',
]

async function execute(connectionString: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
