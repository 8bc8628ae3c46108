// Whom the shop calls: without telemetry, in a process of its own.
const http = require('node:http')

const server = http.createServer((request, response) => {
  const text = JSON.stringify({ path: request.url, left: 7 })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ answer: `http://127.0.0.1:${server.address().port}` }))
process.on('disconnect', () => process.exit())
