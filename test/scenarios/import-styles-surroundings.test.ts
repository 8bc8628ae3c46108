import { cp, mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { observe, oneOfEach, programs } from './import-styles.ts'

const preload = ['--import', '@org/otel/register']
const onlooker = ['--import', join(programs, 'onlooker.mjs'), '--disable-warning=DEP0205'] // deprecated, and in use
const packages = [
  'bullmq',
  'bunyan',
  'express',
  'ioredis',
  'pg',
  'pg-pool',
  'pino',
  'redis',
  '@redis/client',
  'winston',
]
const installed = join(import.meta.dirname, '../../node_modules')

test.concurrent.each([
  { style: 'an ES module', file: 'named.mjs' },
  { style: 'CommonJS', file: 'require.cjs' },
])('$style, with source maps, and a cache of what was compiled: one span per operation', async ({ file }) => {
  const env = { NODE_COMPILE_CACHE: tempFolder() }
  for (let run = 1; run <= 2; run += 1) {
    const options = { file: join(programs, file), nodeOptions: [...preload, '--enable-source-maps'], env }
    expect(await observe(options)).toEqual(oneOfEach)
  }
})

test.concurrent.each([
  { order: 'before ours', nodeOptions: [...onlooker, ...preload] },
  { order: 'after ours', nodeOptions: [...preload, ...onlooker] },
])('a loader that looks on, registered $order: one span per operation', async ({ nodeOptions }) => {
  expect(await observe({ file: join(programs, 'named.mjs'), nodeOptions })).toEqual(oneOfEach)
})

test.concurrent('packages as pnpm links them: one span per operation', async () => {
  const folder = tempFolder()
  await cp(programs, folder, { recursive: true })
  await linkPackages(join(folder, 'node_modules'))
  for (const file of ['named.mjs', 'require.cjs']) {
    expect(await observe({ file: join(folder, file), nodeOptions: preload })).toEqual(oneOfEach)
  }
})

test.concurrent('several majors of a library in one program: one span per operation of each', async () => {
  const spans = await run('two-versions.cjs')
  const below = (parent: ReceivedSpan) =>
    spans.filter(span => span.parentSpanId === parent.spanId).map(span => span.name)
  const found = spans
    .filter(span => span.parentSpanId === undefined)
    .map(span => [span.name, ...below(span)].join(' > '))
  expect(found).toEqual([
    'ioredis > get',
    'ioredis > get',
    'redis > redis-GET',
    'redis > redis-GET',
    'redis > redis-GET',
  ])
})

test.concurrent('a loader that hands over the source of packages: they are patched a little later', async () => {
  const loader = ['--import', join(programs, 'source-loader.mjs'), '--disable-warning=DEP0205']
  const spans = await run('late-query.mjs', loader)
  expect(spans.map(span => span.name).toSorted()).toEqual(['pg.query:SELECT postgres', 'request'])
})

test.concurrent('a module system of its own, as test runners have one, is left alone', async () => {
  expect(await run('own-loader.cjs')).toEqual([])
})

/** Each package in a folder of its own, and links to these. */
async function linkPackages(modules: string): Promise<void> {
  const store = join(modules, '.pnpm')
  await mkdir(store, { recursive: true })
  await symlink(installed, join(store, 'node_modules')) // what packages find that forgot to ask for it
  for (const name of packages) {
    const kept = join(store, `${name.replace('/', '+')}@1.2.3/node_modules`, name)
    const isRun = (path: string) => !/\.(map|ts|md)$/.test(path)
    await cp(join(installed, name), kept, { recursive: true, dereference: true, filter: isRun })
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(kept, join(modules, name))
  }
}

/** Runs a program to its good end, and gives back its spans. */
async function run(file: string, nodeOptions: readonly string[] = []): Promise<readonly ReceivedSpan[]> {
  await using receiver = await startReceiver()
  const { pgUrl, redisUrl } = inject('services')
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'surroundings', PG_URL: pgUrl, REDIS_URL: redisUrl }
  const result = await runApp({ file: join(programs, file), nodeOptions: [...preload, ...nodeOptions], env })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  return receiver.spans()
}
