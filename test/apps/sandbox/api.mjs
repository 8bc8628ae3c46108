// Adds a job for each request.
import { createServer } from 'node:http'
import { Queue } from 'bullmq'

const { BULLMQ_QUEUE, REDIS_URL } = process.env
const queue = new Queue(BULLMQ_QUEUE, { connection: { url: REDIS_URL } })
const server = createServer(async (_request, response) => {
  await queue.add('job', {})
  response.end()
})
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
