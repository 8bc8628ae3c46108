import { describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'

const preload = { nodeOptions: ['--import', '@org/otel/register'] }
const record = `await import('./test/apps/doors/instruments.mjs').then(({ record }) => record())`

async function run(
  app: AppOptions,
  receiver: Receiver,
  env: Readonly<Record<string, string>> = {},
): Promise<AppResult> {
  return runApp({ ...app, env: { OTEL_SERVICE_NAME: 'first', ...receiver.env, ...env } })
}

describe('one telemetry, one line, no duplicates', () => {
  test.each<[string, AppOptions, string]>([
    [
      'where setupOtel() is called twice',
      esm(`import { setupOtel } from '@org/otel'; console.log(setupOtel() === setupOtel()); ${record}`),
      '',
    ],
    [
      'where it is called after the preload',
      {
        ...preload,
        ...esm(`import { setupOtel } from '@org/otel'; console.log(setupOtel() === setupOtel()); ${record}`),
      },
      '',
    ],
    [
      'where it is called with options after the preload, which are named',
      {
        ...preload,
        ...esm(`
          import { setupOtel } from '@org/otel'
          const options = { serviceName: 'second', exitTimeoutMs: 5 }
          console.log(setupOtel(options) === setupOtel(options))
          ${record}`),
      },
      ', the options serviceName, exitTimeoutMs are ignored',
    ],
    [
      'where an ES module and CommonJS call it',
      esm(`
        import { createRequire } from 'node:module'
        import { setupOtel } from '@org/otel'
        console.log(createRequire(process.cwd() + '/')('@org/otel').setupOtel() === setupOtel())
        ${record}`),
      '',
    ],
  ])('%s', async (_name, app, ending) => {
    await using receiver = await startReceiver()

    const { stderr, ...result } = await run(app, receiver)

    expect(result).toEqual({ code: 0, signal: null, stdout: 'true\n' })
    expect(stderr).toMatch(/^\[@org\/otel\] setupOtel was called again; [^\n]*\n$/)
    expect(stderr).toContain(`stays as it is (active)${ending}\n`)
    expect(receiver.spans()).toMatchObject([{ resource: { 'service.name': 'first' } }])
    expect(receiver.logs()).toHaveLength(1)
    expect(receiver.metrics().filter(({ name }) => name === 'early.counter')).toMatchObject([
      { points: [{ value: 1 }] },
    ])
  })
})

test.each([
  ['both preloads', { nodeOptions: [...preload.nodeOptions, '--require', '@org/otel/register'] }],
  ['a preload that is given twice', { nodeOptions: [...preload.nodeOptions, ...preload.nodeOptions] }],
])('%s are one', async (_name, preloads) => {
  await using receiver = await startReceiver()
  expect(await run({ ...preloads, ...esm(record) }, receiver)).toEqual({
    code: 0,
    signal: null,
    stdout: '',
    stderr: '',
  })
  expect(receiver.spans()).toHaveLength(1)
})

test('a call after shutdown() says that telemetry was stopped, and starts nothing', async () => {
  await using receiver = await startReceiver()
  const code = `
    import { trace } from '@opentelemetry/api'
    import { setupOtel } from '@org/otel'
    await setupOtel().shutdown()
    console.log(setupOtel().status)
    trace.getTracer('app').startSpan('work').end()`
  const { stdout, stderr } = await run(esm(code), receiver)
  expect(stdout).toBe('stopped\n')
  expect(stderr).toMatch(/^\[@org\/otel\] setupOtel was called again; [^\n]*\(stopped\)\n$/)
  expect(receiver.spans()).toEqual([])
})

test('OTEL_LOG_LEVEL=none keeps even that line back', async () => {
  await using receiver = await startReceiver()
  const twice = cjs(`const { setupOtel } = require('@org/otel'); setupOtel(); setupOtel()`)
  expect((await run(twice, receiver, { OTEL_LOG_LEVEL: 'none' })).stderr).toBe('')
})

test('a logger of the caller gets that line, too', async () => {
  await using receiver = await startReceiver()
  const code = `
    const { setupOtel } = require('@org/otel')
    const logger = Object.fromEntries(['error', 'warn', 'info', 'debug'].map(level => [level, line => console.log(level, line)]))
    setupOtel({ logger })
    setupOtel()`
  const { stdout, stderr } = await run(cjs(code), receiver)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^warn \[@org\/otel\] setupOtel was called again; [^\n]*\n$/)
})

describe('where set-up was deferred', () => {
  const env = { OTEL_NODE_DEFER_SETUP: 'true' }

  test('a call begins it, with its options and without a word', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel({ resourceAttributes: { late: true } })
      console.log(otel.status)
      ${record}`
    expect(await run({ ...preload, ...esm(code) }, receiver, env)).toEqual({
      code: 0,
      signal: null,
      stdout: 'active\n',
      stderr: '',
    })
    expect(receiver.spans()).toMatchObject([{ resource: { late: true } }])
  })

  test('a handle waits for start()', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel({ defer: true })
      const before = otel.status
      ${record}
      otel.start()
      console.log(before, otel.status)
      ${record}`
    const { stdout, stderr } = await run(esm(code), receiver)
    expect({ stdout, stderr }).toEqual({ stdout: 'deferred active\n', stderr: '' })
    expect(receiver.spans()).toHaveLength(1)
  })

  test('what is said while it goes on waiting counts when it begins', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel({ defer: true, resourceAttributes: { late: true } })
      const before = otel.status
      otel.start()
      console.log(before, otel.status)
      ${record}`
    const { stdout, stderr } = await run({ ...preload, ...esm(code) }, receiver, env)
    expect({ stdout, stderr }).toEqual({ stdout: 'deferred active\n', stderr: '' })
    expect(receiver.spans()).toMatchObject([{ resource: { late: true } }])
  })

  test('what was said last counts, and what was said before beside it', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      setupOtel({ defer: true, serviceName: 'early', resourceAttributes: { early: true } })
      setupOtel({ serviceName: 'late' })
      ${record}`
    expect((await run(esm(code), receiver)).stderr).toBe('')
    expect(receiver.spans()).toMatchObject([{ resource: { 'service.name': 'late', early: true } }])
  })

  test('a handle that was shut down does not begin any more', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel({ defer: true })
      await otel.shutdown()
      otel.start()
      console.log(otel.status)
      ${record}`
    const { stdout, stderr } = await run(esm(code), receiver)
    expect({ stdout, stderr }).toEqual({ stdout: 'stopped\n', stderr: '' })
    expect(receiver.requests()).toEqual([])
  })

  test('start() does not throw where set-up fails', async () => {
    await using receiver = await startReceiver()
    const code = `
      const { setupOtel } = require('@org/otel')
      const otel = setupOtel({ defer: true, views: [{ get instrumentName() { throw Object.create(null) } }] })
      otel.start()
      console.log(otel.status)`
    const { stdout, stderr, code: exitCode } = await run(cjs(code), receiver)
    expect({ stdout, exitCode }).toEqual({ stdout: 'failed\n', exitCode: 0 })
    expect(stderr).toMatch(/^\[@org\/otel\] set-up failed [^\n]*\n$/)
  })
})

test('an import alone does nothing: no listener, no patch, no word, nothing sent', async () => {
  await using receiver = await startReceiver()
  const code = `
    const http = require('node:http')
    const { Module } = require('node:module')
    const look = () => [process.eventNames(), http.request, http.Server.prototype.emit, Module.prototype._compile]
    const before = look()
    require('@org/otel')
    require('./test/apps/doors/instruments.cjs').record()
    require('node:assert').deepStrictEqual(look(), before)`
  expect(await run(cjs(code), receiver)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  expect(receiver.requests()).toEqual([])
})
