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
  const services = await startServices()
  const neighbour = await Child.start<never, string>(`${peers}/neighbour.cjs`, { env: plainEnvironment() })
  await fillPostgres(services.pgUrl)
  await fillRedis(services.redisUrl)
  return {
    env: { PG_URL: services.pgUrl, REDIS_URL: services.redisUrl, NEIGHBOUR_URL: neighbour.greeting },
    async [Symbol.asyncDispose]() {
      await neighbour.stop()
      await services.stop()
    },
  }
}

/** A hundred products with twenty reviews each. */
async function fillPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(`
    DROP TABLE IF EXISTS reviews, products;
    CREATE TABLE products (id int PRIMARY KEY, name text, price numeric);
    CREATE TABLE reviews (product int REFERENCES products, author text, stars int, words text, at timestamptz);
    INSERT INTO products SELECT id, 'product ' || id, id * 1.5 FROM generate_series(1, 100) id;
    INSERT INTO reviews SELECT 1 + number % 100, 'author ' || number, number % 5, repeat('words ', 10),
      timestamptz '2026-01-01' + number * interval '1 minute' FROM generate_series(1, 2000) number;
    CREATE INDEX ON reviews (product, at);
    ANALYZE products, reviews`)
  await client.end()
}

async function fillRedis(url: string): Promise<void> {
  const client = createClient({ url })
  await client.connect()
  await client.set('seen:17', '4711')
  await client.close()
}
