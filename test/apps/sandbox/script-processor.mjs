// Runs a program, inside a span.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { trace } from '@opentelemetry/api'

const script = fileURLToPath(new URL('script.mjs', import.meta.url))

export default async function runScript() {
  await trace.getTracer('app').startActiveSpan('inside', async span => {
    await promisify(execFile)(process.execPath, ['--import', '@org/otel/register', script])
    span.end()
  })
}
