import { describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'
import { startFaultServer } from '../harness/fault-server.ts'

const record = `await import('./test/apps/doors/instruments.mjs').then(({ record }) => record())`
const preload = { nodeOptions: ['--import', '@org/otel/register'] }

async function run(app: AppOptions, env: Readonly<Record<string, string>>): Promise<AppResult> {
  return runApp({ ...app, env: { OTEL_SERVICE_NAME: 'ending', ...env } })
}

describe('the app ends as it would without us', () => {
  test.each<[string, AppOptions]>([
    ['with process.exitCode', esm(`process.exitCode = 7; console.log('end')`)],
    ['with process.exit()', esm(`console.log('end'); process.exit(3)`)],
    ['with process.exit() from a listener', cjs(`process.on('beforeExit', () => process.exit(4))`)],
    ['with an uncaught error', cjs(`console.log('end'); throw Error('of the app')`)],
    ['with an unhandled rejection', cjs(`Promise.reject(Error('of the app')); setTimeout(console.log, 50, 'never')`)],
    ['with a handled error', cjs(`process.on('uncaughtException', () => console.log('handled')); throw Error()`)],
    ['with a promise that never settles', esm(`console.log('end'); await new Promise(() => {})`)],
    ['by a signal', cjs(`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000)`)],
    [
      'with much to say on both streams',
      cjs(`for (const to of [process.stdout, process.stderr]) to.write('x'.repeat(300_000))`),
    ],
    ['with bytes that are no text', cjs(`process.stdout.write(Buffer.from([0, 255, 254, 10, 13, 27]))`)],
  ])('%s', async (_name, app) => {
    await using receiver = await startReceiver()
    const alone = await run(app, receiver.env)
    expect(withoutFrames(await run({ ...preload, ...app }, receiver.env))).toEqual(withoutFrames(alone))
    const [how, , code] = app.args!
    const inCode = how!.endsWith('module')
      ? esm(`import { setupOtel } from '@org/otel'; setupOtel()\n;${code}`)
      : cjs(`require('@org/otel').setupOtel()\n;${code}`)
    const called = await run(inCode, receiver.env)
    expect({ ...called, stderr: '' }).toEqual({ ...alone, stderr: '' })
    expect(called.stderr).not.toContain('@org/otel]')
  })
})

/** Stack traces tell where Node itself was, which is another place after a preload. */
function withoutFrames(result: AppResult): AppResult {
  return { ...result, stderr: result.stderr.replace(/^ +at .*\n/gm, '') }
}

test('nothing of ours keeps a program that has nothing left to do', async () => {
  await using receiver = await startReceiver()
  const code = `setImmediate(() => console.log(process.getActiveResourcesInfo().filter(name => name === 'Timeout')))`
  expect(await run({ ...preload, ...cjs(code) }, receiver.env)).toEqual({
    code: 0,
    signal: null,
    stdout: '[]\n',
    stderr: '',
  })
})

describe('telemetry recorded before the natural end of a script arrives', () => {
  test.each<[string, AppOptions]>([
    ['by the preload', { ...preload, ...esm(record) }],
    ['by a call', esm(`import { setupOtel } from '@org/otel'; setupOtel(); ${record}`)],
    ['recorded late', { ...preload, ...esm(`setTimeout(async () => { ${record} }, 200)`) }],
  ])('%s', async (_name, app) => {
    await using receiver = await startReceiver()
    expect(await run(app, receiver.env)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expect(receiver.spans()).toHaveLength(1)
    expect(receiver.logs()).toHaveLength(1)
    expect(receiver.metrics().map(({ name }) => name)).toContain('early.counter')
  })
})

describe('the handle', () => {
  test.each(['flush()', 'shutdown()', '[Symbol.asyncDispose]()'])('sends what is queued at %s', async method => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel()
      ${record}
      console.log(await otel${method.startsWith('[') ? '' : '.'}${method}, otel.health().traces.sent)
      process.exit()`
    expect((await run(esm(code), receiver.env)).stdout).toBe('undefined 1\n')
    expect(receiver.spans()).toHaveLength(1)
    expect(receiver.logs()).toHaveLength(1)
  })

  test('flush() asks the processors and readers of the user too, each once', async () => {
    await using receiver = await startReceiver()
    const part = (name: string) => `{ onStart() {}, onEnd() {}, onEmit() {}, setMetricProducer() {}, collect() {},
      selectAggregation: () => ({ type: 0 }), selectAggregationTemporality: () => 1, selectCardinalityLimit: () => 2000,
      forceFlush: async () => console.log('${name}'), shutdown: async () => {} }`
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel({
        spanProcessors: [${part('one')}, ${part('two')}],
        metricReaders: [${part('three')}],
        logRecordProcessors: [${part('four')}],
      })
      await otel.flush()
      process.exit()`
    const { stdout, stderr } = await run(esm(code), receiver.env)
    expect({ stdout: stdout.split('\n').toSorted(), stderr }).toEqual({
      stdout: ['', 'four', 'one', 'three', 'two'],
      stderr: '',
    })
  })

  describe.each(['refuse', 'hang'] as const)('where collectors %s', behaviour => {
    test.each(['flush(200)', 'shutdown(200)', 'flush()', 'shutdown()', '[Symbol.asyncDispose]()'])(
      'resolves by its deadline at %s',
      async method => {
        await using collector = await startFaultServer({ behaviour })
        const code = `
          import { setupOtel } from '@org/otel'
          const otel = setupOtel({ exitTimeoutMs: 200 })
          ${record}
          const begin = performance.now()
          await otel${method.startsWith('[') ? '' : '.'}${method}
          console.log(Math.round(performance.now() - begin), otel.health().traces.sent)
          process.exit()`
        const { stdout, code: exitCode } = await run(esm(code), { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
        const [took, sent] = stdout.split(' ').map(Number)
        expect({ exitCode, sent }).toEqual({ exitCode: 0, sent: 0 })
        expect(took).toBeLessThan(900) // a busy machine is slow; the default would be 1000
      },
    )

    test('the natural end of the app does not wait longer than the exit timeout', async () => {
      await using collector = await startFaultServer({ behaviour })
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_NODE_EXIT_TIMEOUT: '300' }
      const begin = performance.now()
      const { code, stdout } = await run({ ...preload, ...esm(`${record}; console.log('end')`) }, env)
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'end\n' })
      expect(performance.now() - begin).toBeLessThan(3000)
    })
  })

  test('takes odd timeouts for what they can mean', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      const otel = setupOtel()
      for (const timeout of [Infinity, NaN, -1, 0, 'x', null, 2 ** 40]) await otel.flush(timeout)
      ${record}
      await otel.flush(Infinity)
      console.log(otel.health().traces.sent)
      process.exit()`
    const { stdout, stderr } = await run(esm(code), receiver.env)
    expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' })
  })
})
