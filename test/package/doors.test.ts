import { cpSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'
import { npm } from '../harness/npm.ts'
import { observe, oneOfEach, programs } from '../scenarios/import-styles.ts'
import { createConsumer } from './consumer.ts'

let folder: string

beforeAll(async () => {
  const files = ['three-signals.mjs', 'doors/three-signals.cjs']
  folder = await createConsumer({ args: ['--omit=optional'], files })
}, 120_000)

function run(options: AppOptions, env: Readonly<Record<string, string>>): Promise<AppResult> {
  return runApp({ ...options, cwd: folder, env: { OTEL_SERVICE_NAME: 'consumer', ...env } })
}

function preloaded(how: '--import' | '--require', file: string): AppOptions {
  return { nodeOptions: [how, '@org/otel/register'], file }
}

/** Uses the receiver of the doors in a program that has nothing else. */
const receive = `
async function use(startReceiver) {
  const receiver = await startReceiver()
  console.log(receiver.spans().length, 'spans')
  await receiver.close()
}`

describe('a span, a metric and a log line arrive, and nothing else is heard of us', () => {
  test.each<[string, AppOptions]>([
    ['--import of the preload, before an ES module', preloaded('--import', 'three-signals.mjs')],
    ['--import of the preload, before CommonJS', preloaded('--import', 'three-signals.cjs')],
    ['--require of the preload, before an ES module', preloaded('--require', 'three-signals.mjs')],
    ['--require of the preload, before CommonJS', preloaded('--require', 'three-signals.cjs')],
    ['import of the preload', esm(`import '@org/otel/register'; import './three-signals.mjs'`)],
    ['require() of the preload', cjs(`require('@org/otel/register'); require('./three-signals.cjs')`)],
    ['import', esm(`import { setupOtel } from '@org/otel'; setupOtel(); await import('./three-signals.mjs')`)],
    ['require()', cjs(`require('@org/otel').setupOtel(); require('./three-signals.cjs')`)],
    [
      '--import of the function',
      {
        nodeOptions: ['--import', '@org/otel'],
        ...cjs(`require('@org/otel').setupOtel(); require('./three-signals.cjs')`),
      },
    ],
    [
      '--require of the function',
      {
        nodeOptions: ['--require', '@org/otel'],
        ...esm(`import { setupOtel } from '@org/otel'; setupOtel(); await import('./three-signals.mjs')`),
      },
    ],
  ])('by %s', async (_name, app) => {
    await using receiver = await startReceiver()

    expect(await run(app, receiver.env)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })

    const [span] = receiver.spans()
    expect(receiver.spans()).toMatchObject([{ name: 'work', resource: { 'service.name': 'consumer' } }])
    expect(receiver.logs()).toMatchObject([{ body: 'working', traceId: span?.traceId, spanId: span?.spanId }])
    const counters = receiver.metrics().filter(metric => metric.name === 'app.counter')
    expect(counters).toMatchObject([{ points: [{ value: 3, attributes: { kind: 'x' } }] }])
  })
})

test.each([
  ['import', esm(`import { startReceiver } from '@org/otel/testing'; await use(startReceiver)\n${receive}`)],
  ['require()', cjs(`const { startReceiver } = require('@org/otel/testing'); use(startReceiver)\n${receive}`)],
  [
    '--import',
    {
      nodeOptions: ['--import', '@org/otel/testing'],
      ...esm(`${receive}; await use((await import('@org/otel/testing')).startReceiver)`),
    },
  ],
  [
    '--require',
    {
      nodeOptions: ['--require', '@org/otel/testing'],
      ...esm(`${receive}; await use((await import('@org/otel/testing')).startReceiver)`),
    },
  ],
])('the receiver for tests of users opens by %s', async (_name, app) => {
  expect(await run(app, {})).toEqual({ code: 0, signal: null, stdout: '0 spans\n', stderr: '' })
})

test.each([
  ['import', esm(`import manifest from '@org/otel/package.json' with { type: 'json' }; console.log(manifest.name)`)],
  ['require()', cjs(`console.log(require('@org/otel/package.json').name)`)],
])('the manifest opens by %s', async (_name, app) => {
  expect((await run(app, {})).stdout).toBe('@org/otel\n')
})

test('a lean installation has at most 8 MB in node_modules, and watches the default libraries', async () => {
  const modules = join(folder, 'node_modules')
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' }).map(path => statSync(join(modules, path)))
  expect(files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)).toBeLessThanOrEqual(8e6)
  const nodeOptions = ['--import', join(modules, '@org/otel/dist/register.js')]
  expect(await observe({ file: join(programs, 'named.mjs'), nodeOptions })).toEqual(oneOfEach)
})

test('two copies of the package in one process are one, with an API each', async () => {
  const inside = join(folder, 'lib/node_modules')
  for (const name of ['@org/otel', '@opentelemetry/api']) {
    cpSync(join(folder, 'node_modules', name), join(inside, name), { recursive: true })
  }
  cpSync(join(folder, 'three-signals.cjs'), join(folder, 'lib/three-signals.cjs'))
  await using receiver = await startReceiver()
  const code = `
    const ours = require('@org/otel')
    const theirs = require('./lib/node_modules/@org/otel/dist/index.js')
    const { metrics, trace } = require('./lib/node_modules/@opentelemetry/api')
    const tracer = trace.getTracer('lib')
    const counter = metrics.getMeter('lib').createCounter('lib.counter')
    console.log(ours.setupOtel === theirs.setupOtel, theirs.setupOtel() === ours.setupOtel())
    counter.add(1)
    tracer.startSpan('lib').end()
    require('./three-signals.cjs')
    require('./lib/three-signals.cjs')`

  const { stdout, stderr } = await run(cjs(code), receiver.env)

  expect(stdout).toBe('false true\n')
  expect(stderr).toMatch(/^\[@org\/otel\] setupOtel was called again; [^\n]*\n$/)
  expect(receiver.spans().map(span => span.name)).toEqual(['lib', 'work', 'work'])
  expect(receiver.logs()).toHaveLength(2)
  const counted = receiver.metrics().filter(({ name }) => name.endsWith('.counter'))
  expect(counted).toMatchObject([
    { name: 'lib.counter', points: [{ value: 1 }] },
    { name: 'app.counter', points: [{ value: 6 }] },
  ])
})

test('no other file of the package can be opened', async () => {
  const { stderr } = await run(esm(`import '@org/otel/dist/setup.js'`), {})
  expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
})

test('npm finds the installation in order, and in it nothing but us and the API', async () => {
  const listing = JSON.parse(await npm(folder, 'ls', '--all', '--json'))
  expect(listing.problems).toBeUndefined()
  const packages = await npm(folder, 'ls', '--all', '--parseable')
  const names = packages
    .trim()
    .split('\n')
    .map(path => path.slice(folder.length + 1))
  expect(names.toSorted()).toEqual(['', ...['@opentelemetry/api', '@org/otel'].map(name => join('node_modules', name))])
})

test.each([
  ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'http,mongodb', 'the instrumentation "mongodb"', 'auto-instrumentations-node'],
  ['OTEL_INSTRUMENTATION_MONGODB_ENABLED', 'true', 'the instrumentation "mongodb"', 'auto-instrumentations-node'],
  ['OTEL_METRICS_EXPORTER', 'otlp,prometheus', 'the exporter "prometheus"', 'exporter-prometheus'],
  ['OTEL_TRACES_EXPORTER', 'otlp,zipkin', 'the exporter "zipkin"', 'exporter-zipkin'],
])('%s=%s says in one line what to install, and the rest goes on', async (name, value, feature, packageName) => {
  await using receiver = await startReceiver()

  const app = preloaded('--import', 'three-signals.mjs')
  const { code, stderr } = await run(app, { ...receiver.env, [name]: value })

  expect(code).toBe(0)
  expect(stderr).toMatch(/^\[@org\/otel\] [^\n]*\n$/)
  expect(stderr).toContain(`${feature} needs the optional package @opentelemetry/${packageName}`)
  expect(receiver.spans()).toHaveLength(1)
  expect(receiver.logs()).toHaveLength(1)
  expect(receiver.metrics().map(metric => metric.name)).toContain('app.counter')
})

test('a configuration file says in one line what to install, and the app runs', async () => {
  await using receiver = await startReceiver()
  const app = preloaded('--import', 'three-signals.mjs')
  const { code, stderr } = await run(app, { ...receiver.env, OTEL_CONFIG_FILE: 'otel.yaml' })
  expect(code).toBe(0)
  expect(stderr).toMatch(/^\[@org\/otel\] [^\n]*needs the optional package @opentelemetry\/sdk-node[^\n]*\n$/)
})
