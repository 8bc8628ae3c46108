import { once } from 'node:events'
import { cp, mkdir, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppResult, runApp } from '../harness/app.ts'
import { npm } from '../harness/npm.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { freePort } from '../services/free-port.ts'
import { createConsumer } from './consumer.ts'

const root = join(import.meta.dirname, '../..')
let folder: string

beforeAll(async () => {
  const own = ['lookup.cjs', 'lookup.mjs', 'scrape.mjs'].map(file => `doors/${file}`)
  folder = await createConsumer({ files: ['three-signals.mjs', ...own] })
}, 120_000)

function run(file: string, env: Readonly<Record<string, string>>): Promise<AppResult> {
  const nodeOptions = ['--import', '@org/otel/register']
  return runApp({ file, nodeOptions, cwd: folder, env: { OTEL_SERVICE_NAME: 'full', ...env } })
}

test('npm finds one copy of each package of OpenTelemetry, and everything in order', async () => {
  await npm(folder, 'ls', '--all')
  const paths = (await npm(folder, 'ls', '--all', '--parseable')).trim().split('\n')
  const names = paths.flatMap(path => /.*node_modules\/(@opentelemetry\/.*)$/.exec(path)?.[1] ?? [])
  expect(names.length).toBeGreaterThan(60)
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
  expect(names).toEqual(
    expect.arrayContaining(['@opentelemetry/sdk-node', '@opentelemetry/auto-instrumentations-node']),
  )
})

test.each([
  [
    'program.mts',
    `import { type OtelHandle, type OtelOptions, setupOtel } from '@org/otel'
    import { type ReceivedSpan, startReceiver } from '@org/otel/testing'
    import manifest from '@org/otel/package.json' with { type: 'json' }
    import '@org/otel/register'
    const options: OtelOptions = { serviceName: manifest.name, views: [{ instrumentName: 'x' }] }
    await using otel: OtelHandle = setupOtel(options)
    export const spans: ReceivedSpan[] = (await startReceiver()).spans()
    // @ts-expect-error: there is no such option
    setupOtel({ nonsense: otel.status })`,
  ],
  [
    'program.cts',
    `import { type OtelHandle, type OtelOptions, setupOtel } from '@org/otel'
    import otel = require('@org/otel')
    const options: OtelOptions = { serviceName: 'x' }
    const handle: OtelHandle = setupOtel(options)
    const same: otel.OtelHandle = otel.setupOtel()
    // @ts-expect-error: there is no such option
    setupOtel({ nonsense: handle.status, same })`,
  ],
])('TypeScript knows the doors, in the strictest way, for %s', async (file, code) => {
  await writeFile(join(folder, file), code)
  const options =
    '--noEmit --strict --skipLibCheck false --module nodenext --target es2023 --lib es2023,esnext.disposable'
  const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node']
  const tsc = { file: join(root, 'node_modules/typescript/bin/tsc'), args: [...options.split(' '), ...types, file] }
  expect(await runApp({ ...tsc, cwd: folder, node: process.execPath })).toMatchObject({ code: 0, stdout: '' })
})

describe('another library is one variable away', () => {
  test.each(['lookup.cjs', 'lookup.mjs'])('for %s', async file => {
    await using receiver = await startReceiver()
    const env = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,dns', OTEL_INSTRUMENTATION_FS_ENABLED: 'true' }
    const { code, stderr } = await run(file, { ...receiver.env, ...env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(receiver.spans().map(span => span.name)).toEqual(expect.arrayContaining(['dns.lookup', 'fs readdir']))
  })

  test('that is not there is no harm', async () => {
    await using receiver = await startReceiver()
    const env = { OTEL_INSTRUMENTATION_MONGODB_ENABLED: 'true', OTEL_INSTRUMENTATION_AWS_SDK_ENABLED: 'true' }
    const result = await run('three-signals.mjs', { ...receiver.env, ...env })
    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expect(receiver.spans()).toHaveLength(1)
  })

  test('that nobody knows is named', async () => {
    await using receiver = await startReceiver()
    const env = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,nonsense' }
    const { stderr } = await run('three-signals.mjs', { ...receiver.env, ...env })
    expect(stderr).toMatch(/^\[@org\/otel\] [^\n]*"nonsense"[^\n]*\n$/)
    expect(receiver.spans()).toHaveLength(1)
  })
})

test('Prometheus finds the metrics of the app, and they are sent by OTLP as well', async () => {
  await using receiver = await startReceiver()
  const env = { OTEL_METRICS_EXPORTER: 'prometheus,otlp', OTEL_EXPORTER_PROMETHEUS_PORT: `${await freePort()}` }
  const { stdout, stderr, code } = await run('scrape.mjs', { ...receiver.env, ...env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^app_counter_total\{.*\} 3$/m)
  expect(receiver.metrics().map(metric => metric.name)).toContain('app.counter')
})

test('Zipkin receives the spans, and they are sent by OTLP as well', async () => {
  await using receiver = await startReceiver()
  const received: unknown[] = []
  const zipkin = createServer(async (request, response) => {
    received.push(await json(request))
    response.writeHead(202).end()
  }).listen(0, '127.0.0.1')
  await once(zipkin, 'listening')
  const address = zipkin.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const env = {
    OTEL_TRACES_EXPORTER: 'zipkin,otlp',
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}/api/v2/spans`,
  }

  const { stderr, code } = await run('three-signals.mjs', { ...receiver.env, ...env })

  zipkin.close()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(received).toMatchObject([[{ name: 'work', localEndpoint: { serviceName: 'full' } }]])
  expect(receiver.spans()).toMatchObject([{ name: 'work' }])
})

describe('beside an older API that the app pins', () => {
  beforeAll(async () => {
    // What npm makes of that, in a tenth of the time: the app's copy on top, ours below us, the others see the app's.
    const elsewhere = tempFolder()
    await npm(elsewhere, 'install', '--prefer-offline', '--prefix', elsewhere, '@opentelemetry/api@1.9.1')
    const onTop = join(folder, 'node_modules/@opentelemetry/api')
    const below = join(folder, 'node_modules/@org/otel/node_modules/@opentelemetry')
    await mkdir(below, { recursive: true })
    await rename(onTop, join(below, 'api'))
    await cp(join(elsewhere, 'node_modules/@opentelemetry/api'), onTop, { recursive: true })
  })

  test.each([
    ['OTEL_INSTRUMENTATION_DNS_ENABLED', 'true', 'instrumentation-dns'],
    ['OTEL_TRACES_EXPORTER', 'zipkin,otlp', 'exporter-zipkin'],
  ])(
    '%s=%s says in one line that its package needs a newer one, and the rest goes on',
    async (name, value, culprit) => {
      await using receiver = await startReceiver()
      const { code, stderr } = await run('lookup.cjs', { ...receiver.env, [name]: value })
      expect(code).toBe(0)
      expect(stderr).toMatch(/^\[@org\/otel\] [^\n]*\n$/)
      expect(stderr).toContain(`@opentelemetry/${culprit} finds an @opentelemetry/api older than 1.10`)
      expect(receiver.metrics().map(metric => metric.name)).toContain('lookups')
    },
  )
})
