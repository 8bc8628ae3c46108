// A service as they are, which does what the lines of its input say: it answers a request, tells of its memory, and ends.
const http = require('node:http')
const { once } = require('node:events')
const { createInterface } = require('node:readline')
const express = require('express')
require('ioredis')
require('pg')

const app = express().get('/hello', (_request, response) => response.end('hello'))
const server = app.listen(0, '127.0.0.1', async () => {
  const { user, system } = process.cpuUsage()
  console.log('ready', user + system)
  for await (const line of createInterface({ input: process.stdin })) console.log(line, await orders[line]())
})

const orders = {
  async work() {
    const request = http.get({ port: server.address().port, path: '/hello' })
    const [response] = await once(request, 'response')
    await once(response.resume(), 'end')
    return response.statusCode
  },
  /** Of the whole process, without what can be freed. */
  memory() {
    for (let round = 0; round < 3; round += 1) globalThis.gc()
    return process.memoryUsage.rss()
  },
  end: () => process.exit(),
}
