import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { cjs } from '../harness/code.ts'

const program = cjs(`
  const { trace } = require('@opentelemetry/api')
  const { createServer } = require('node:http')
  const server = createServer((request, response) => response.end(request.headers.traceparent))
  server.listen(0, '127.0.0.1', () => trace.getTracer('app').startActiveSpan('work', async span => {
    const heard = await (await fetch('http://127.0.0.1:' + server.address().port)).text()
    const { traceId, traceFlags } = span.spanContext()
    console.log(JSON.stringify([span.isRecording(), heard.split('-')[1] === traceId, heard.split('-')[3], traceFlags]))
    server.close()
    server.closeAllConnections()
  }))`)

test.concurrent.each([
  ['goes on', 'parentbased_always_on', '01', 1],
  ['is as unsampled as before', 'parentbased_always_off', '00', 0],
])('without an exporter for spans none is recorded, and the trace %s', async (_name, sampler, flags, traceFlags) => {
  await using receiver = await startReceiver()
  const env = {
    ...receiver.env,
    OTEL_SERVICE_NAME: 'unheard',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_TRACES_SAMPLER: sampler,
  }
  const { stdout, stderr } = await runApp({ ...program, nodeOptions: ['--import', '@org/otel/register'], env })
  expect({ said: JSON.parse(stdout), stderr }).toEqual({ said: [false, true, flags, traceFlags], stderr: '' })
  expect(receiver.spans()).toEqual([])
  expect(receiver.metrics().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['http.server.request.duration', 'http.client.request.duration']),
  )
})
