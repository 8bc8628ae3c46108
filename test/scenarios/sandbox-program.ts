import { join } from 'node:path'
import { Queue } from 'bullmq'
import type { Receiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { privateRedis } from '../harness/private-services.ts'

export const sandboxApp = (name: string): string => join(import.meta.dirname, '../apps/sandbox', name)

export const sandboxes = [
  { sandbox: 'processes', threads: 'false' },
  { sandbox: 'threads', threads: 'true' },
]

/** Adds the jobs, and runs a program that processes them. */
export async function processJobs(
  receiver: Receiver,
  count: number,
  { env, ...program }: AppOptions,
  name = 'job',
): Promise<AppResult> {
  await using redis = await privateRedis()
  const queue = new Queue('jobs', { connection: { url: redis.url } })
  await queue.addBulk(Array.from({ length: count }, (_, index) => ({ name, data: { index } })))
  await queue.close()
  return await runApp({
    timeoutMs: 25_000,
    ...program,
    env: {
      ...receiver.env,
      OTEL_SERVICE_NAME: 'sandbox',
      BULLMQ_QUEUE: 'jobs',
      REDIS_URL: redis.url,
      JOBS: `${count}`,
      ...env,
    },
  })
}
