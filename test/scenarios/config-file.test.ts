import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp, startApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const exporter = (signal: string): string =>
  `{ otlp_http: { endpoint: "\${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/${signal}" } }`

const complete = `
file_format: "1.0"
resource: { attributes: [{ name: service.name, value: from-file }] }
tracer_provider: { processors: [{ batch: { exporter: ${exporter('traces')} } }] }
meter_provider: { readers: [{ periodic: { exporter: ${exporter('metrics')} } }] }
logger_provider: { processors: [{ batch: { exporter: ${exporter('logs')} } }] }
`

test('a declarative configuration file says what is recorded and where it goes, instead of the variables', async () => {
  await using receiver = await startReceiver()

  const result = await runWith(complete, receiver.env)

  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  expect(receiver.spans()).toMatchObject([{ name: 'work', resource: { 'service.name': 'from-file' } }])
  expect(receiver.logs()).toMatchObject([{ body: 'working' }])
  expect(receiver.metrics().map(metric => metric.name)).toContain('app.counter')
})

test('its SDK is flushed before a signal that the app does not handle ends the process', async () => {
  await using receiver = await startReceiver()
  const code = `
    import { trace } from '@opentelemetry/api'
    trace.getTracer('app').startSpan('work').end()
    setInterval(() => {}, 1000)
    console.log('ready')`

  await using app = await startApp({ ...withFile(complete, receiver.env), ...esm(code), ready: 'ready' })
  const { signal, stderr } = await app.stop('SIGTERM')

  expect({ signal, stderr }).toEqual({ signal: 'SIGTERM', stderr: '' })
  expect(receiver.spans()).toMatchObject([{ name: 'work', resource: { 'service.name': 'from-file' } }])
})

test('a configuration file that cannot be used is named, and the app runs without telemetry', async () => {
  await using receiver = await startReceiver()

  const result = await runWith('file_format: "9.0"', receiver.env)

  expect(result).toMatchObject({ code: 0, signal: null, stdout: '' })
  expect(result.stderr).toMatch(/OTEL_CONFIG_FILE ".*otel\.yaml" cannot be used/)
  expect(receiver.requests()).toEqual([])
})

function runWith(yaml: string, env: Record<string, string>): Promise<AppResult> {
  return runApp({ ...withFile(yaml, env), file: join(import.meta.dirname, '../apps/three-signals.mjs') })
}

function withFile(yaml: string, env: Record<string, string>): AppOptions {
  const file = join(tempFolder(), 'otel.yaml')
  writeFileSync(file, yaml)
  return {
    nodeOptions: ['--import', '@org/otel/register'],
    env: { ...env, OTEL_CONFIG_FILE: file, OTEL_SERVICE_NAME: 'from-variable' },
  }
}
