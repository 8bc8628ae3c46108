// The same as worker.mjs, in CommonJS.
const { Worker } = require(process.env.BULLMQ ?? 'bullmq')

const { BULLMQ_QUEUE, CONCURRENCY = '4', JOBS, PROCESSOR, REDIS_URL, THREADS } = process.env
let left = Number(JOBS)

const worker = new Worker(BULLMQ_QUEUE, PROCESSOR, {
  connection: { url: REDIS_URL, maxRetriesPerRequest: null },
  concurrency: Number(CONCURRENCY),
  useWorkerThreads: THREADS === 'true',
})
const settle = () => --left === 0 && worker.close()
worker.on('completed', settle).on('failed', settle)
worker.on('error', error => console.error(error))
