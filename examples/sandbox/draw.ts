import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { trace } from '@opentelemetry/api'
import type { Job } from 'bullmq'
import { pino } from 'pino'

const log = pino()
const press = fileURLToPath(new URL('press.ts', import.meta.url))

/** Runs in a sandbox: a process or a thread of its own. With `execArgv` the program has the same preload. */
export default async function draw({ data: { pages } }: Job<{ readonly pages: number }>): Promise<void> {
  await trace.getTracer('reports').startActiveSpan('draw', async span => {
    try {
      await promisify(execFile)(process.execPath, [...process.execArgv, press, `${pages}`])
      log.info({ pages }, 'drawn')
    } finally {
      span.end()
    }
  })
}
