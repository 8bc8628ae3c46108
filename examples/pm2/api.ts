import cluster from 'node:cluster'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Redis } from 'ioredis'

const { PORT = '3000', REDIS_URL = 'redis://127.0.0.1:6379' } = process.env

const redis = new Redis(REDIS_URL)
redis.on('error', error => console.error('redis', error))

const app = express()
app.post('/visits/:page', async (req, res) => {
  const visits = await redis.incr(`visits:${req.params.page}`)
  res.json({ visits, pid: process.pid })
})

const server = app.listen(Number(PORT), error => {
  if (error) throw error
  console.log(`instance ${process.env['NODE_APP_INSTANCE']} listens on port ${(server.address() as AddressInfo).port}`)
})

await once(process, 'SIGINT') // by which PM2 stops an app; what is still there 1600 ms later is killed
server.close()
await once(server, 'close') // requests under way are answered first
await redis.quit()
cluster.worker?.disconnect() // and not process.disconnect(), which loses a connection that is on its way to us
