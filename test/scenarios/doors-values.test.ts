import { describe, expect, test } from 'vitest'
import * as tables from '../../src/config/variables.ts'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'

const record = `await import('./test/apps/doors/instruments.mjs').then(({ record }) => record())`
const preload = { nodeOptions: ['--import', '@org/otel/register'] }

async function run(app: AppOptions, env: Readonly<Record<string, string>>): Promise<AppResult> {
  return runApp({ ...app, env: { OTEL_SERVICE_NAME: 'values', ...env } })
}

describe('OTEL_SDK_DISABLED=true: nothing is sent and nothing is said', () => {
  const call = `import { setupOtel } from '@org/otel'; console.log(setupOtel().status, setupOtel({ a: 1 }).status)`
  test.each<[string, AppOptions, string]>([
    ['by the preload', { ...preload, ...esm(record) }, ''],
    ['by a call', esm(`${call}; ${record}`), 'disabled disabled\n'],
    ['by both', { ...preload, ...esm(`${call}; ${record}`) }, 'disabled disabled\n'],
  ])('%s', async (_name, app, stdout) => {
    await using receiver = await startReceiver()
    const env = { ...receiver.env, OTEL_SDK_DISABLED: ' True ', OTEL_TRACES_SAMPLER: 'nonsense' }
    expect(await run(app, env)).toEqual({ code: 0, signal: null, stdout, stderr: '' })
    expect(receiver.requests()).toEqual([])
  })
})

describe('the app runs, and each line on stderr is ours, whatever all variables say at once:', () => {
  // Its contents replace all other variables.
  const { OTEL_CONFIG_FILE: _, ...general } = tables.general
  const { general: __, ...others } = tables
  const names = [general, ...Object.values(others)].flatMap(table =>
    typeof table === 'object' ? Object.keys(table) : [],
  )

  test.each([' ', 'nonsense', '-1', '1e99', '99999999999999999999', '%zz=,;=%', '💥', 'http://[', '../..'])(
    '"%s"',
    async value => {
      expect(names.length).toBeGreaterThan(20)
      const env = Object.fromEntries(names.map(name => [name, value]))
      const app = { ...preload, ...esm(`${record}; console.log('of the app')`) }
      const { stderr, ...result } = await runApp({ ...app, env: { ...env, OTEL_NODE_EXIT_TIMEOUT: '100' } })
      expect(result).toEqual({ code: 0, signal: null, stdout: 'of the app\n' })
      expect(stderr).toMatch(/^(\[@org\/otel\] [^\n]{1,1100}\n)*$/)
    },
  )
})

describe('setupOtel() never throws, and goes on without what it cannot use:', () => {
  test.each([
    ['null', 'null'],
    ['a text', `'orders'`],
    ['a number', '7'],
    ['a list', '[1, 2]'],
    ['a function', '() => {}'],
    ['an object without a prototype', 'Object.assign(Object.create(null), { nonsense: 1 })'],
    ['a proxy that throws at everything', 'new Proxy({}, new Proxy({}, { get() { throw Error("trap") } }))'],
    ['a getter that throws', '{ get serviceName() { throw Error("getter") } }'],
    ['a getter that throws what cannot be shown', '{ get serviceName() { throw Object.create(null) } }'],
    ['the wrong type for each option', 'Object.fromEntries(names.map(name => [name, Symbol("wrong")]))'],
    ['a proxy for each option', 'Object.fromEntries(names.map(name => [name, hostile]))'],
    ['lists of the wrong things', 'Object.fromEntries(names.map(name => [name, [null, undefined, 1, hostile]]))'],
    ['views that throw', '{ views: [{ get instrumentName() { throw Error("view") } }] }'],
    [
      'a logger that throws',
      '{ serviceName: 1, logger: { error() {}, warn() { throw Error("logger") }, info() {}, debug() {} } }',
    ],
    ['endless attributes', '{ resourceAttributes: (o => (o.o = o))({}) }'],
  ])('%s', async (_name, options) => {
    await using receiver = await startReceiver()
    const code = `
      const { setupOtel } = require('@org/otel')
      const hostile = new Proxy(() => {}, { get() { throw Error('trap') }, ownKeys() { throw Error('trap') } })
      const names = ['serviceName', 'serviceVersion', 'resourceAttributes', 'instrumentations', 'sampler', 'spanProcessors',
        'logRecordProcessors', 'metricReaders', 'views', 'exitTimeoutMs', 'defer', 'logger']
      const otel = setupOtel(${options})
      otel.start()
      console.log(typeof otel.status, typeof setupOtel(${options}).health())`

    const { stderr, ...result } = await run(cjs(code), receiver.env)

    expect(result).toEqual({ code: 0, signal: null, stdout: 'string object\n' })
    expect(stderr).toMatch(/^(\[@org\/otel\] [^\n]{1,1100}\n)+$/)
  })

  test('what is no object is told, and what is one may be empty', async () => {
    await using receiver = await startReceiver()
    const say = async (options: string): Promise<string> =>
      (await run(cjs(`require('@org/otel').setupOtel(${options})`), receiver.env)).stderr
    expect(await say('7')).toMatch(/^\[@org\/otel\] setupOtel: the option \(all of them\) is a number, [^\n]*\n$/)
    expect(await say('{}')).toBe('')
  })

  test('what is fine beside it is used', async () => {
    await using receiver = await startReceiver()
    const code = `
      import { setupOtel } from '@org/otel'
      setupOtel({ serviceName: 'fine', sampler: 'always_on', resourceAttributes: { good: 1, bad: Symbol('bad') } })
      ${record}`
    const { stderr } = await run(esm(code), receiver.env)
    expect(stderr.match(/the option \S+/g)).toEqual(['the option sampler', 'the option resourceAttributes["bad"]'])
    expect(receiver.spans()).toMatchObject([{ resource: { 'service.name': 'fine', good: 1 } }])
  })
})
