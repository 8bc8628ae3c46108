import { describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'

const apps = './test/apps/doors'
const theirs = `import { start, stop } from '${apps}/other-sdk.mjs'`

async function run(app: AppOptions, receiver: Receiver): Promise<AppResult> {
  return runApp({ ...app, env: { OTEL_SERVICE_NAME: 'ours', ...receiver.env } })
}

describe('another SDK that comes first stays in charge, and one line names it', () => {
  test.each([
    ['before ours is imported', `start(); const { setupOtel } = await import('@org/otel')`],
    ['after ours is imported', `const { setupOtel } = await import('@org/otel'); start()`],
  ])('with all signals, %s', async (_name, begin) => {
    await using receiver = await startReceiver()
    const code = `${theirs}; ${begin}
      const { record } = await import('${apps}/instruments.mjs')
      console.log(setupOtel().status, setupOtel({ serviceName: 'again' }).status)
      record()
      await stop()`

    const { stderr, ...result } = await run(esm(code), receiver)

    expect(result).toEqual({ code: 0, signal: null, stdout: 'conflict conflict\n' })
    expect(stderr).toMatch(/^\[@org\/otel\] another OpenTelemetry SDK \(TracerProvider, API 1\.\d+\.\d+\) [^\n]*\n$/)
    expectAllFromThem(receiver)
  })

  test('with tracing alone, in CommonJS', async () => {
    await using receiver = await startReceiver()
    const code = `
      const { start, stop } = require('${apps}/other-tracing.cjs')
      start()
      const { record } = require('${apps}/instruments.cjs')
      console.log(require('@org/otel').setupOtel().status)
      record()
      stop()`

    const { stderr, ...result } = await run(cjs(code), receiver)

    expect(result).toEqual({ code: 0, signal: null, stdout: 'conflict\n' })
    expect(stderr).toMatch(/^\[@org\/otel\] another OpenTelemetry SDK \(TracerProvider, [^\n]*\n$/)
    expect(receiver.requests().map(({ path }) => path)).toEqual(['/v1/traces'])
    expect(receiver.spans()).toMatchObject([{ name: 'early', resource: { 'service.name': 'other' } }])
  })
})

describe('to import ours, and no more, disturbs no other SDK', () => {
  test.each([
    ['before it', `await import('@org/otel'); start()`],
    ['after it', `start(); await import('@org/otel')`],
  ])('%s', async (_name, begin) => {
    await using receiver = await startReceiver()
    const code = `${theirs}; ${begin}
      const { record } = await import('${apps}/instruments.mjs')
      record()
      await stop()`
    expect(await run(esm(code), receiver)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expectAllFromThem(receiver)
  })

  test('not even one that starts after instruments were made', async () => {
    await using receiver = await startReceiver()
    const code = `import '@org/otel'; ${theirs}; import { record } from '${apps}/instruments.mjs'
      start(); record(); await stop()`
    expect((await run(esm(code), receiver)).stderr).toBe('')
    expectAllFromThem(receiver)
  })
})

test('another SDK that comes after ours is refused, and one line says so', async () => {
  await using receiver = await startReceiver()
  const code = `${theirs}; start(); const { record } = await import('${apps}/instruments.mjs'); record(); await stop()`

  const preload = { nodeOptions: ['--import', '@org/otel/register'] }
  const { stderr, code: exitCode } = await run({ ...preload, ...esm(code) }, receiver)

  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^\[@org\/otel\] another OpenTelemetry SDK tried to register after ours[^\n]*\n$/)
  expect(receiver.spans()).toMatchObject([{ name: 'early', resource: { 'service.name': 'ours' } }])
  expect(new Set(namesOfServices(receiver))).toEqual(new Set(['ours']))
})

/** Once each, and nothing from us: also none of the metrics that we collect by ourselves. */
function expectAllFromThem(receiver: Receiver): void {
  expect(receiver.spans()).toMatchObject([{ name: 'early' }])
  expect(receiver.logs()).toMatchObject([{ body: 'early' }])
  expect(receiver.metrics().map(metric => metric.scope.name)).toEqual(Array.from({ length: 7 }, () => 'early'))
  expect(new Set(namesOfServices(receiver))).toEqual(new Set(['other']))
}

function namesOfServices(receiver: Receiver): unknown[] {
  const received = [...receiver.spans(), ...receiver.logs(), ...receiver.metrics()]
  return received.map(({ resource }) => resource['service.name'])
}
