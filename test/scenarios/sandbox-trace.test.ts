import { expect, test } from 'vitest'
import { formatTrace, type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { runApp, startApp } from '../harness/app.ts'
import { privateRedis } from '../harness/private-services.ts'
import { sandboxApp, sandboxes } from './sandbox-program.ts'

const chain = ['GET', 'add jobs', 'process jobs', 'inside', 'in the script']

test.each(sandboxes)(
  'one trace from a request over a job in one of the $sandbox to the program that it runs',
  async ({ threads }) => {
    await using receiver = await startReceiver()
    await using redis = await privateRedis()
    const nodeOptions = ['--import', '@org/otel/register']
    const env = { ...receiver.env, BULLMQ_QUEUE: 'jobs', REDIS_URL: redis.url, OTEL_BSP_SCHEDULE_DELAY: '50' }
    await using api = await startApp({
      file: sandboxApp('api.mjs'),
      nodeOptions,
      env: { ...env, OTEL_SERVICE_NAME: 'api' },
      ready: /listening/,
    })
    const [, port] = await api.waitForLine(/listening on (\d+)/)

    await fetch(`http://127.0.0.1:${port}`)
    const { code, stderr } = await runApp({
      file: sandboxApp('worker.mjs'),
      nodeOptions,
      env: {
        ...env,
        OTEL_SERVICE_NAME: 'worker',
        JOBS: '1',
        THREADS: threads,
        PROCESSOR: sandboxApp('script-processor.mjs'),
      },
    })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await receiver.waitFor(r => chain.every(name => r.spans().some(span => span.name === name)))
    const spans = chain.map(name => receiver.spans().find(span => span.name === name)!)
    expect(spans.map(span => span.parentSpanId)).toEqual([undefined, ...spans.slice(0, -1).map(span => span.spanId)])
    expect(new Set(receiver.spans().map(span => span.traceId)).size, formatTrace(receiver.spans())).toBe(1)
    const [, , attempt, inside, inScript] = spans.map(placeOf)
    expect(new Set([attempt, inside, inScript].map(place => place?.instance)).size).toBe(3)
    expect(inside?.pid === attempt?.pid).toBe(threads === 'true')
    expect(inside?.thread === undefined).toBe(threads === 'false')
  },
)

const placeOf = ({ resource }: ReceivedSpan) => ({
  pid: resource['process.pid'],
  thread: resource['thread.id'],
  instance: resource['service.instance.id'],
})
