// Answers with its pid, and stops when PM2 tells it to. ENDING=none leaves the end to the signal itself.
// SETUP=in code calls setupOtel().
import cluster from 'node:cluster'
import { createServer } from 'node:http'

if (process.env.SETUP === 'in code') (await import('@org/otel')).setupOtel()

const server = createServer((_req, res) => res.writeHead(200, { connection: 'close' }).end(`${process.pid}`))
server.listen(0, '127.0.0.1', () => {
  console.log('port', server.address().port)
  process.send('ready')
})
// A connection that is on its way to a worker is lost by process.disconnect(), and given to another by that of the worker.
const leave = () => (cluster.worker ?? process).disconnect()
if (process.env.ENDING !== 'none') process.once('SIGINT', () => server.close(leave))
process.once('disconnect', () => process.exit()) // without PM2 there is nobody to stop it
