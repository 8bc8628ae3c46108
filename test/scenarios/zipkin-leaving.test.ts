import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { App, type AppResult } from '../harness/app.ts'
import { cjs } from '../harness/code.ts'

const record = `require('@opentelemetry/api').trace.getTracer('app').startSpan('work').end();`

async function start(zipkin: Server, end: string, exitTimeoutMs = 10_000): Promise<App> {
  zipkin.listen(0, '127.0.0.1')
  await once(zipkin, 'listening')
  const { port } = zipkin.address() as AddressInfo
  const env = {
    OTEL_SERVICE_NAME: 'zipkin',
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}/api/v2/spans`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_NODE_EXIT_TIMEOUT: `${exitTimeoutMs}`,
  }
  return new App({ nodeOptions: ['--import', '@org/otel/register'], ...cjs(record + end), env })
}

async function run(zipkin: Server, end: string, exitTimeoutMs?: number): Promise<AppResult> {
  await using app = await start(zipkin, end, exitTimeoutMs)
  return await app.ended
}

test.each(['', 'process.exit(3)', `process.kill(process.pid, 'SIGTERM')`])(
  'what was recorded for Zipkin arrives too, at the end by "%s"',
  async end => {
    const arrived: unknown[] = []
    await using zipkin = createServer(async (request, response) => {
      arrived.push(await json(request))
      response.writeHead(202).end()
    })

    const { stderr } = await run(zipkin, end)

    expect(stderr).toBe('')
    expect(arrived).toMatchObject([[{ name: 'work', localEndpoint: { serviceName: 'zipkin' } }]])
  },
)

test.each(['', `setTimeout(() => {}, 200)`])(
  'a Zipkin that hangs does not hold the process, ending by "%s"',
  async end => {
    await using zipkin = createServer(() => {})
    const closed = once(zipkin, 'connection').then(([socket]) => once(socket, 'close'))

    const { code, stderr } = await run(zipkin, end, 2000)

    await closed
    expect(code).toBe(0)
    expect(stderr).toMatch(/lost 1 \((timeout|exit_deadline)\)/)
  },
)

test('what a busy Zipkin does not take is kept for the next time', async () => {
  const arrived: unknown[] = []
  await using zipkin = createServer(async (request, response) => {
    arrived.push(await json(request))
    response.writeHead(arrived.length < 3 ? 503 : 202).end()
  })

  await using app = await start(zipkin, `setInterval(() => {}, 1000)`)
  await expect.poll(() => app.stderr, { timeout: 15_000 }).toContain('traces are delivered')

  expect((await app.stop()).signal).toBe('SIGTERM')
  expect(arrived).toHaveLength(3)
})
