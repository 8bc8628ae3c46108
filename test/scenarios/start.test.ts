import { statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'

/** Finding and reading files is most of what a start costs: OpenTelemetry's API alone is 51, stock 900. */
const mostFiles = 30
const mostBytesWhereDisabled = 32 * 1024

const apps = join(import.meta.dirname, '../apps/start')
const dist = join(import.meta.dirname, '../../dist')
const doors = {
  '--import': ['--import', join(dist, 'register.js')],
  '--require': ['--require', join(dist, 'register.cjs')],
}
const active = {
  OTEL_SERVICE_NAME: 'start',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  OTEL_NODE_EXIT_TIMEOUT: '0',
  OTEL_LOG_LEVEL: 'none', // nobody is there to take what it sends
}

test.concurrent.each(Object.entries(doors))(
  '%s: a start loads a few files, and nothing from other packages',
  async (_door, flags) => {
    const files = await listFiles(flags, active)

    expect(files.length).toBeLessThanOrEqual(mostFiles)
    expect(files.find(file => /^setup\.c?js$/.test(file))).toBeDefined()
    expect(files.filter(file => file.startsWith('..'))).toEqual([])
  },
)

test.concurrent.each(Object.entries(doors))(
  '%s: where telemetry is disabled the door is loaded, and nothing behind it',
  async (_door, flags) => {
    const files = await listFiles(flags, { OTEL_SDK_DISABLED: 'true' })

    expect(files).toContain(relative(dist, flags[1]!))
    expect(files.filter(file => !/^(register|preload|chunk-\w+)\.c?js$/.test(file))).toEqual([])
    const bytes = files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0)
    expect(bytes).toBeLessThanOrEqual(mostBytesWhereDisabled)
  },
)

/** Relative to `dist`. */
async function listFiles(flags: readonly string[], env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const list = ['--require', join(apps, 'list-files.cjs')]
  const { stdout, stderr } = await runApp({ file: join(apps, 'tell-files.cjs'), nodeOptions: [...list, ...flags], env })
  expect(stderr).toBe('')
  return (JSON.parse(stdout) as readonly string[]).map(file => relative(dist, file))
}
