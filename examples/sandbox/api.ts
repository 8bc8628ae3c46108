import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Queue } from 'bullmq'
import { connection, sandboxes } from './queues.ts'

const { PORT = '3000' } = process.env
const queues = sandboxes.map(({ queue }) => new Queue(queue, { connection }))

/** `POST /reports` and `POST /thumbnails` each add a job. */
const server = createServer(async (req, res) => {
  const queue = queues.find(({ name }) => req.method === 'POST' && req.url === `/${name}`)
  await queue?.add('draw', { pages: 3 })
  res.writeHead(queue === undefined ? 404 : 202).end()
})
server.listen(Number(PORT), () => console.log(`listens on port ${(server.address() as AddressInfo).port}`))

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
server.close()
await once(server, 'close') // requests under way are answered first
await Promise.all(queues.map(queue => queue.close()))
