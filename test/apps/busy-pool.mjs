// Many requests at once want one of two connections, each in a span of its own; a background job wants one without a span.
import { trace } from '@opentelemetry/api'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.PG_URL, max: 2 })
const tracer = trace.getTracer('app')

function request(number, work) {
  return tracer.startActiveSpan(`request ${number}`, async span => {
    await work(number)
    span.end()
  })
}
const byPromise = number => pool.query('SELECT $1::int', [number])
const byCallback = number =>
  new Promise((resolve, reject) => pool.query('SELECT $1::int', [number], error => (error ? reject(error) : resolve())))
const byClient = async number => {
  const client = await pool.connect()
  await client.query('SELECT $1::int', [number])
  client.release()
}

const ways = [byPromise, byCallback, byClient]
const requests = Array.from({ length: 30 }, (_, number) => request(number, ways[number % ways.length]))
const background = Array.from({ length: 10 }, (_, number) => pool.query('SELECT $1::int', [-number]))
await Promise.all([...requests, ...background])
await pool.end()
