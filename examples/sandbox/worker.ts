import { once } from 'node:events'
import { Worker } from 'bullmq'
import { connection, sandboxes } from './queues.ts'

const draw = new URL('draw.ts', import.meta.url)
const workers = sandboxes.map(
  ({ queue, useWorkerThreads }) => new Worker(queue, draw, { connection, useWorkerThreads, concurrency: 2 }),
)
for (const worker of workers) {
  worker.on('error', error => console.error(error))
  worker.on('failed', (_job, error) => console.error(error))
}
await Promise.all(workers.map(worker => worker.waitUntilReady()))
console.log('waits for jobs')

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
await Promise.all(workers.map(worker => worker.close())) // jobs under way are finished first
