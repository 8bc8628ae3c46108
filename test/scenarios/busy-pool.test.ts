import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

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
