import { beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'
import { nodeRelease } from '../harness/node-release.ts'
import { createConsumer } from './consumer.ts'

const old = ['18', '20', '22.14.0']
const young = '22.15.0'
let folder: string

beforeAll(async () => {
  ;[folder] = await Promise.all([createConsumer({ args: ['--omit=optional'] }), ...[...old, young].map(nodeRelease)])
}, 240_000)

const app = `
  process.stdout.write('of the app')
  process.exitCode = 7
  import('@opentelemetry/api').then(({ metrics }) => metrics.getMeter('app').createCounter('of.the.app').add(1))`

const ways: [string, AppOptions][] = [
  ['--import of the preload', { nodeOptions: ['--import', '@org/otel/register'], ...esm(app) }],
  ['--require of the preload', { nodeOptions: ['--require', '@org/otel/register'], ...cjs(app) }],
  ['import and a call', esm(`import { setupOtel } from '@org/otel'; setupOtel(); ${app}`)],
  ['require() and a call', cjs(`const { setupOtel } = require('@org/otel'); setupOtel(); ${app}`)],
  [
    '--import of the preload and a call after require()',
    { nodeOptions: ['--import', '@org/otel/register'], ...cjs(`require('@org/otel').setupOtel(); ${app}`) },
  ],
  [
    'both preloads and calls in both kinds of modules',
    {
      nodeOptions: ['--require', '@org/otel/register', '--import', '@org/otel/register'],
      ...esm(`
        import { createRequire } from 'node:module'
        import { setupOtel } from '@org/otel'
        setupOtel({ serviceName: 'x' })
        createRequire(import.meta.url)('@org/otel').setupOtel()
        ${app}`),
    },
  ],
]

async function run(version: string, options: AppOptions, env: Readonly<Record<string, string>>): Promise<AppResult> {
  return runApp({ ...options, cwd: folder, node: await nodeRelease(version), env })
}

describe.each(old)('on Node %s', version => {
  test.each(ways)('one line says what is needed, and the app runs untouched, by %s', async (_name, options) => {
    await using receiver = await startReceiver()
    const { stderr, ...result } = await run(version, options, receiver.env)
    expect(result).toEqual({ code: 7, signal: null, stdout: 'of the app' })
    expect(stderr).toMatch(
      new RegExp(`^\\[@org/otel\\] Node.js 22.15.0 or newer is needed, found ${version}[\\d.]*; [^\\n]*\\n$`),
    )
    expect(receiver.requests()).toEqual([])
  })

  test('the handle answers like any other', async () => {
    const use = `
      const otel = setupOtel()
      otel.start()
      Promise.all([otel.flush(), otel.shutdown()]).then(() => console.log(otel.status, otel.health().traces.sent))`
    for (const code of [
      `import { setupOtel } from '@org/otel'; ${use}`,
      `const { setupOtel } = require('@org/otel'); ${use}`,
    ]) {
      const { stdout } = await run(version, code.startsWith('import') ? esm(code) : cjs(code), {})
      expect(stdout).toBe('unsupported 0\n')
    }
  })
})

test.each(ways)(`on Node ${young} nobody hears of us, by %s`, async (_name, options) => {
  await using receiver = await startReceiver()
  // That a preload and a call come together is a warning of its own: test/scenarios/doors-twice.test.ts.
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'young', OTEL_LOG_LEVEL: 'error' }
  const result = await run(young, options, env)
  expect(result).toEqual({ code: 7, signal: null, stdout: 'of the app', stderr: '' })
  expect(receiver.metrics().map(({ name }) => name)).toContain('of.the.app')
})
