import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import type { ReceivedSpan } from '../../src/testing.ts'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

const folder = join(import.meta.dirname, '../apps/import-styles')

const styles = {
  'default imports in an ES module': 'default.mjs',
  'named imports in an ES module': 'named.mjs',
  'namespace imports in an ES module': 'namespace.mjs',
  'dynamic imports in an ES module': 'dynamic.mjs',
  'getBuiltinModule and createRequire in an ES module': 'builtin.mjs',
  'CommonJS': 'require.cjs',
  'CommonJS that takes apart what it requires': 'destructured.cjs',
  'an ES module in TypeScript': 'typescript.mts',
  'CommonJS in TypeScript': 'typescript.cts',
}
const preload = '@org/otel/register'
const entries = {
  '--import': { nodeOptions: ['--import', preload] },
  '--require': { nodeOptions: ['--require', preload] },
  'NODE_OPTIONS': { env: { NODE_OPTIONS: `--import ${preload}` } },
  'setupOtel() first of all': { env: { SET_UP: 'first' } },
  'setupOtel() after everything is loaded': { env: { SET_UP: 'last' } },
}
const cells = Object.entries(styles).flatMap(([style, file]) =>
  Object.entries(entries).map(([entry, how]) => ({ style, file, entry, how })),
)

const oneOfEach = `
CLIENT GET /orders/7
  SERVER GET /orders/:id
    CLIENT GET /fetch
      SERVER GET /fetch
    CLIENT GET /http-get
      SERVER GET /http-get
    CLIENT GET /http-request
      SERVER GET /http-request
    CLIENT GET /https-get
      SERVER GET /https-get
    CLIENT GET /https-request
      SERVER GET /https-request
    CLIENT get ioredis
    CLIENT pg.query:SELECT SELECT 1
`

test.concurrent.each(cells)('$style, $entry: one span per operation', async ({ file, how }) => {
  await using receiver = await startReceiver()
  const { pgUrl, redisUrl } = inject('services')
  const env = { PG_URL: pgUrl, REDIS_URL: redisUrl, OTEL_SERVICE_NAME: 'import-styles', ...receiver.env }
  const result = await runApp({
    file: join(folder, file),
    ...how,
    nodeOptions: ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', ...('nodeOptions' in how ? how.nodeOptions : [])],
    env: { ...env, ...('env' in how ? how.env : {}) },
  })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(describeSpans(receiver.spans())).toBe(oneOfEach)
})

function describeSpans(spans: readonly ReceivedSpan[]): string {
  const below = (parent: string | undefined): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map(span => [describeSpan(span), ...below(span.spanId).map(line => `  ${line}`)].join('\n'))
      .toSorted()
      .flatMap(text => text.split('\n'))
  return ['', ...below(undefined), ''].join('\n')
}

function describeSpan({ kind, name, attributes }: ReceivedSpan): string {
  const url = attributes['url.full']
  const path = typeof url === 'string' ? new URL(url).pathname : attributes['url.path']
  return [kind, name, attributes['http.route'] ?? path ?? attributes['db.query.text'] ?? ''].join(' ')
}
