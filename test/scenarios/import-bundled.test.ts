import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { tempFolder } from '../harness/temp-folder.ts'
import { observe, programs, requestSpans } from './import-styles.ts'

const root = join(import.meta.dirname, '../..')
const bundled = ['pg', 'ioredis', 'bullmq', 'pino', 'winston', 'bunyan']

test('an app and its libraries in one file: what cannot be watched there is named once, the rest is watched', async () => {
  const outfile = join(tempFolder(), 'app.mjs')
  await build({
    entryPoints: [join(programs, 'named.mjs')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['@org/otel', 'pg-native', 'dtrace-provider', 'mv', 'source-map-support'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    logLevel: 'error',
  })

  const observed = await observe({ file: outfile, nodeOptions: ['--import', '@org/otel/register'], cwd: root })

  expect(observed.stderr).toBe(
    `[@org/otel] ${bundled.join(', ')}: found within ${outfile}, expected in node_modules, where they can be watched; ` +
      'they run untouched: have the bundler leave them external\n',
  )
  expect(observed.code).toBe(0)
  expect(observed.spans).toBe(`${requestSpans}    CLIENT redis-GET redis\n`)
})
