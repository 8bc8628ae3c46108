import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

test('queries that wait for a busy pool stay in the trace of their own request', async () => {
  await using receiver = await startReceiver()

  const { code, stderr } = await runApp({
    file: join(import.meta.dirname, '../apps/busy-pool.mjs'),
    nodeOptions: ['--import', '@org/otel/register'],
    env: { ...receiver.env, OTEL_SERVICE_NAME: 'busy', PG_URL: inject('services').pgUrl },
  })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const spans = receiver.spans()
  const requests = spans.filter(span => span.name.startsWith('request'))
  const below = requests.map(({ name, spanId }) => [name, spans.filter(span => span.parentSpanId === spanId).length])
  expect(Object.fromEntries(below)).toEqual(Object.fromEntries(requests.map(({ name }) => [name, 1])))
  expect(requests).toHaveLength(30)
  expect(spans).toHaveLength(60) // and none for the work in the background
})

test('connections are counted as they are when metrics are collected, and a failed query is measured as one', async () => {
  await using receiver = await startReceiver()

  const { code, stderr } = await runApp({
    ...esm(`
      import { trace } from '@opentelemetry/api'
      import pg from 'pg'
      const open = max => new pg.Pool({ connectionString: process.env.PG_URL, max })
      const [one, three] = [open(1), open(3)]
      await trace.getTracer('app').startActiveSpan('request', async span => {
        await Promise.all([one.connect(), three.connect()])
        await three.query('SELEC').catch(() => {})
        await three.query('SELECT 1')
        void one.query('SELECT 2') // nobody gives it a connection
        span.end()
      })
      process.exit()
    `),
    nodeOptions: ['--import', '@org/otel/register'],
    env: { ...receiver.env, OTEL_SERVICE_NAME: 'pools', PG_URL: inject('services').pgUrl },
  })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const measured = receiver.metrics().filter(({ scope }) => scope.name === '@opentelemetry/instrumentation-pg')
  const pool = { 'db.client.connection.pool.name': 'unknown_host:unknown_port/unknown_database' }
  const query = {
    'db.system.name': 'postgresql',
    'db.namespace': 'postgres',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(inject('services').pgUrl).port),
  }
  expect(
    Object.fromEntries(
      measured.map(({ name, type, unit, points }) => [
        `${name} ${type} ${unit}`,
        points.map(({ attributes, value, count }) => [attributes, value ?? count]),
      ]),
    ),
  ).toEqual({
    'db.client.connection.count sum {connection}': [
      [{ ...pool, 'db.client.connection.state': 'used' }, 2],
      [{ ...pool, 'db.client.connection.state': 'idle' }, 1],
    ],
    'db.client.connection.pending_requests sum {connection}': [[pool, 1]],
    'db.client.connection.max sum {connection}': [[pool, 4]],
    'db.client.operation.duration histogram s': [
      [{ ...query, 'db.operation.name': 'SELEC', 'error.type': '42601' }, 1],
      [{ ...query, 'db.operation.name': 'SELECT' }, 1],
    ],
  })
})
