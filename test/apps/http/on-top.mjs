// What stands on top of `node:http`, each in a span of the app: `GET /redirect`, which leads to `/one`, or a WebSocket.
import { once } from 'node:events'
import http from 'node:http'
import { trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'
import axios from 'axios'
import got from 'got'
import { WebSocket, WebSocketServer } from 'ws'

const handle = setupOtel()
const server = http.createServer((request, response) => {
  if (request.url === '/redirect') response.writeHead(302, { location: '/one' }).end()
  else response.end('x')
})
const sockets = new WebSocketServer({ server })
let heardIn
sockets.on('connection', socket =>
  socket.on('message', () => {
    heardIn = trace.getActiveSpan()?.spanContext().spanId
    socket.send('pong')
  }),
)
await once(server.listen(0, '127.0.0.1'), 'listening')
const url = `http://127.0.0.1:${server.address().port}/redirect`

const ways = {
  axios: () => axios.get(url),
  got: () => got(url),
  fetch: async () => (await fetch(url)).text(),
  ws: async () => {
    const socket = new WebSocket(url.replace('http', 'ws'))
    await once(socket, 'open')
    socket.send('ping')
    await once(socket, 'message')
    socket.close()
    await once(socket, 'close')
  },
}
for (const [name, go] of Object.entries(ways)) {
  await trace.getTracer('app').startActiveSpan(name, async span => {
    await go()
    span.end()
    const { traceId, spanId } = span.spanContext()
    const isKept = trace.getActiveSpan() === span
    console.log(JSON.stringify({ name, traceId, spanId, isKept, ...(name === 'ws' && { heardIn: heardIn ?? null }) }))
  })
}
await handle.flush()
process.exit()
