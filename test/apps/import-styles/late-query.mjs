// Loads pg, waits as an app waits for its first request, and makes a query in a span.
import { setTimeout as pause } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import pg from 'pg'

const client = new pg.Client(process.env.PG_URL)
await client.connect()
await pause(1200)
await trace.getTracer('app').startActiveSpan('request', async span => {
  await client.query('SELECT 8')
  span.end()
})
await client.end()
