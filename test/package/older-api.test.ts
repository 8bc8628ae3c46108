import { beforeAll, describe, expect, test } from 'vitest'
import { type Receiver, type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'
import { npm } from '../harness/npm.ts'
import { createConsumer } from './consumer.ts'

const preload = { nodeOptions: ['--import', '@org/otel/register'] }

const doors: [string, AppOptions][] = [
  ['the preload, before ES modules', { ...preload, ...esm(`import { run } from './http-pair.mjs'; run()`) }],
  ['the preload, before CommonJS', { ...preload, ...cjs(`require('./http-pair.cjs').run()`) }],
  [
    'a late call in an ES module',
    esm(`import { setupOtel } from '@org/otel'; import { run } from './http-pair.mjs'; setupOtel(); run()`),
  ],
  [
    'a late call in CommonJS',
    cjs(`const { setupOtel } = require('@org/otel'); const { run } = require('./http-pair.cjs'); setupOtel(); run()`),
  ],
]

describe.each([
  { version: '1.9.1', sdk: '2.12.1' },
  { version: '1.4.1', sdk: '1.13.0' },
])('an app that pins @opentelemetry/api $version', ({ version, sdk }) => {
  let folder: string
  const run = (app: AppOptions, receiver: Receiver): Promise<AppResult> =>
    runApp({ ...app, cwd: folder, env: { OTEL_SERVICE_NAME: 'pinned', ...receiver.env } })

  beforeAll(async () => {
    folder = await createConsumer({
      dependencies: { '@opentelemetry/api': version },
      args: ['--omit=optional'],
      files: ['doors/http-pair.mjs', 'doors/http-pair.cjs'],
    })
  }, 120_000)

  test('keeps its copy, and ours has its own', async () => {
    const { dependencies } = JSON.parse(await npm(folder, 'ls', '--all', '--json'))
    expect(dependencies['@opentelemetry/api'].version).toBe(version)
    expect(dependencies['@org/otel'].dependencies['@opentelemetry/api'].version).toMatch(/^1\.1\d+\./)
  })

  test.each(doors)('has its own spans, its requests and its metrics in one trace, by %s', async (_name, app) => {
    await using receiver = await startReceiver()

    expect(await run(app, receiver)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })

    expect(chainOf(receiver.spans())).toEqual(['INTERNAL outside', 'CLIENT GET', 'SERVER GET', 'INTERNAL inside'])
    const metrics = receiver.metrics().map(metric => metric.name)
    expect(metrics).toContain('own.counter')
    expect(metrics).toContain('http.server.request.duration')
    expect(metrics).toContain('http.client.request.duration')
  })

  test('hears in one line that its copy came first, where that set a logger, and nothing is lost', async () => {
    await using receiver = await startReceiver()
    const logger = `diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} })`
    const code = `
      const { diag } = require('@opentelemetry/api'); ${logger}
      require('@org/otel').setupOtel()
      require('./http-pair.cjs').run()`

    const { stderr, ...result } = await run(cjs(code), receiver)

    expect(result).toEqual({ code: 0, signal: null, stdout: '' })
    expect(stderr).toMatch(/^\[@org\/otel\] [^\n]*\n$/)
    expect(stderr).toContain(`@opentelemetry/api ${version}`)
    expect(chainOf(receiver.spans())).toHaveLength(4)
    expect(receiver.metrics().map(metric => metric.name)).toContain('own.counter')
  })

  test('keeps an SDK of its own that came first, and hears of that in one line', async () => {
    const lean = ['--no-save', '--omit=optional', '--prefer-offline']
    await npm(folder, 'install', ...lean, `@opentelemetry/sdk-trace-base@${sdk}`)
    await using receiver = await startReceiver()
    const code = `
      const { trace } = require('@opentelemetry/api')
      const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base')
      const provider = new BasicTracerProvider()
      trace.setGlobalTracerProvider(provider)
      const isTheirs = () => trace.getTracer('x').startSpan('x').resource === provider.getTracer('y').startSpan('y').resource
      console.log(isTheirs(), require('@org/otel').setupOtel().status, isTheirs())`

    const { stdout, stderr } = await run(cjs(code), receiver)

    expect(stdout).toBe('true conflict true\n')
    expect(stderr).toMatch(/^\[@org\/otel\] another OpenTelemetry SDK \(BasicTracerProvider, API 1\.[49]\.1\)[^\n]*\n$/)
    expect(receiver.requests()).toEqual([])
  })
})

/** Kinds and names along one trace, from its first span down. Fails where that is not all. */
function chainOf(spans: readonly ReceivedSpan[]): string[] {
  const chain: ReceivedSpan[] = []
  for (;;) {
    const next = spans.filter(span => span.parentSpanId === chain.at(-1)?.spanId)
    if (next.length === 0) break
    expect(next).toHaveLength(1)
    chain.push(next[0]!)
  }
  expect(chain).toHaveLength(spans.length)
  return chain.map(span => `${span.kind} ${span.name}`)
}
