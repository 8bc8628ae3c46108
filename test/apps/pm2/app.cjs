// app.mjs in CommonJS.
const cluster = require('node:cluster')
const { createServer } = require('node:http')

if (process.env.SETUP === 'in code') require('@org/otel').setupOtel()

const server = createServer((_req, res) => res.writeHead(200, { connection: 'close' }).end(`${process.pid}`))
server.listen(0, '127.0.0.1', () => {
  console.log('port', server.address().port)
  process.send('ready')
})
const leave = () => (cluster.worker ?? process).disconnect()
if (process.env.ENDING !== 'none') process.once('SIGINT', () => server.close(leave))
process.once('disconnect', () => process.exit()) // without PM2 there is nobody to stop it
