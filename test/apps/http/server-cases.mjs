// A server that is asked in less usual ways. Prints for each case what was heard, and in which span: `{ name, heard }`.
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'

const handle = setupOtel({
  instrumentations: { http: { ignoreIncomingRequestHook: request => request.url.startsWith('/ignored') } },
})
const certificate = { key: process.env.KEY, cert: process.env.CERT }

let heard = []
const note = at => heard.push({ at, spanId: trace.getActiveSpan()?.spanContext().spanId ?? null })

/** What a request for this path does. All others say what they heard, and answer. */
const handlers = {
  '/late': (request, response) => setTimeout(() => finish('/late', response), 20),
  '/body': (request, response) => {
    for (const event of ['data', 'end', 'close']) request.on(event, () => note(`/body ${event}`))
    for (const event of ['finish', 'close']) response.on(event, () => note(`/body response ${event}`))
    request.on('end', () => response.end('/body!'))
  },
  '/iterated': async (request, response) => {
    for await (const chunk of request) note(`/iterated ${chunk}`)
    finish('/iterated', response)
  },
  '/stream': async (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const text of ['a', 'b']) {
      response.write(`data: ${text}\n\n`)
      await wait(1)
      note('/stream')
    }
    response.end()
  },
  '/endless': (request, response) => {
    response.on('close', () => note('/endless close'))
    response.write('data: a\n\n')
  },
  '/silent': (request, response) => response.on('close', () => note('/silent close')),
  '/throws': () => {
    throw new TypeError('no answer')
  },
  '/broken': (request, response) => {
    response.write('half')
    setImmediate(() => response.destroy(new RangeError('no more')))
  },
  '/failed': (request, response) => response.writeHead(503).end(),
  '/refused': (request, response) => response.writeHead(404).end(),
  '/slow-body': (request, response) => {
    request.resume()
    response.on('close', () => note('/slow-body close'))
  },
}

function finish(at, response) {
  note(at)
  response.end(`${at}!`)
}

function answer(request, response) {
  const path = new URL(request.url, 'http://localhost').pathname
  note(`${path} handler`)
  const handler = handlers[path] ?? ((_, response) => finish(path, response))
  return handler(request, response)
}

process.on('uncaughtException', error => {
  if (error.message !== 'no answer') throw error
  note('uncaught')
  talker.destroy()
})
let talker

const server = http.createServer({ keepAliveTimeout: 60_000 }, answer)
server.on('upgrade', (request, socket) => {
  note(`${request.url} upgrade`)
  if (request.url === '/unwanted') {
    socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    return
  }
  socket.on('data', () => note('message'))
  setTimeout(() => {
    note(`${request.url} upgraded`)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n')
  }, 1)
  socket.on('end', () => socket.end())
})
server.on('connect', (request, socket) => {
  note('connect')
  socket.end('HTTP/1.1 200 OK\r\n\r\n')
})
server.on('clientError', (error, socket) => {
  note('clientError')
  socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
})
server.on('connection', () => note('connection'))
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address()

/** A connection on which text is sent, and awaited. */
async function talk(...turns) {
  const socket = net.connect(port, '127.0.0.1')
  let text = ''
  let onText = () => {}
  socket.setEncoding('latin1').on('data', chunk => onText((text += chunk)))
  socket.on('error', () => {})
  talker = socket
  const closed = new Promise(resolve => socket.on('close', resolve))
  for (const [send, until] of turns) {
    socket.write(send)
    await Promise.race([new Promise(resolve => ((onText = () => until.test(text) && resolve()), onText())), closed])
  }
  return { socket, closed, text }
}

async function bye(talking) {
  const { socket, closed } = await talking
  socket.end()
  await closed
}

/** Hangs up in the middle, and waits until the server has heard of it. */
async function hangUp(talking, at) {
  const { socket } = await talking
  socket.destroy()
  await waitFor(at)
}

async function waitFor(at, talking) {
  while (!heard.some(event => event.at === at)) await wait(1)
  return talking
}

const get = (path, headers = '', method = 'GET') => `${method} ${path} HTTP/1.1\r\nhost: shop:8080\r\n${headers}\r\n`
const post = (path, headers = '') => get(path, headers, 'POST')
const traceparent = value => `traceparent: ${value}\r\n`
const foreign = '00-11111111111111111111111111111111-2222222222222222-01'
const upgrade = 'connection: upgrade\r\nupgrade: echo\r\n'

const cases = {
  'keep-alive': () => bye(talk([get('/one'), /one!/], [get('/ignored'), /ignored!/], [get('/two'), /two!/])),
  pipelined: () => bye(talk([get('/late') + get('/ignored') + get('/one') + get('/two'), /two!/])),
  'body in pieces': () =>
    bye(talk([post('/body', 'content-length: 4\r\nexpect: 100-continue\r\n'), /100/], ['ab', /100/], ['cd', /body!/])),
  'body iterated': () =>
    bye(
      talk([post('/iterated', 'transfer-encoding: chunked\r\n'), /^/], ['1\r\na\r\n', /^/], ['0\r\n\r\n', /iterated!/]),
    ),
  stream: () => bye(talk([get('/stream'), /0\r\n\r\n$/])),
  HEAD: () => bye(talk([get('/one', '', 'HEAD'), /\r\n\r\n/])),
  'strange method': () => bye(talk([get('/one', '', 'PROPFIND'), /one!/])),
  'gone in the answer': () => hangUp(talk([get('/endless'), /data/]), '/endless close'),
  'gone before the answer': () => hangUp(waitFor('/silent handler', talk([get('/silent'), /^/])), '/silent close'),
  throws: () => talk([get('/throws'), /never/]).then(({ closed }) => closed),
  'answer breaks off': () => talk([get('/broken'), /never/]).then(({ closed }) => closed),
  failed: () => bye(talk([get('/failed'), /503/])),
  refused: () => bye(talk([get('/refused'), /404/])),
  'without Host': () => bye(talk(['GET /one HTTP/1.1\r\n\r\n', /400/])),
  'HTTP/1.0': () => bye(talk(['GET /one HTTP/1.0\r\n\r\n', /one!/])),
  'other Expect': () => bye(talk([get('/one', 'expect: tea\r\n'), /417/])),
  malformed: () => bye(talk([get('/one'), /one!/], ['NO HTTP\r\n\r\n', /400/])),
  'whole URL': () => bye(talk([get('http://far.example:81/one?a=b&token=secret'), /one!/])),
  'IPv6 host': () => bye(talk(['GET /one HTTP/1.1\r\nhost: [::1]:8080\r\n\r\n', /one!/])),
  forwarded: () =>
    bye(
      talk(
        [get('/one', 'forwarded: for="[2001:db8::1]:4711";proto=https;host=far.example\r\n'), /one!/],
        [get('/two', 'x-forwarded-for: 10.0.0.9, 10.0.0.1\r\nx-forwarded-host: near.example:90\r\n'), /two!/],
      ),
    ),
  'context that came': () => bye(talk([get('/one', traceparent(foreign)), /one!/])),
  'malformed context': () =>
    bye(
      talk(
        [get('/one', traceparent('00-zz-22-01')), /one!/],
        [get('/two', traceparent(`${foreign}, ${foreign}`)), /two!/],
      ),
    ),
  upgrade: () => bye(talk([get('/one'), /one!/], [get('/socket', upgrade), /101/], ['hello', /101/])),
  'unwanted upgrade': () => bye(talk([get('/unwanted', upgrade), /401/])),
  'ignored upgrade': () => bye(talk([get('/ignored-socket', upgrade), /101/])),
  'upgrade after an ignored request': () => bye(talk([get('/ignored'), /!/], [get('/socket', upgrade), /101/])),
  connect: () => bye(talk(['CONNECT far.example:443 HTTP/1.1\r\nhost: far.example:443\r\n\r\n', /200/])),
  'too many requests': async () => {
    server.maxRequestsPerSocket = 1
    await bye(talk([get('/one') + get('/third'), /503/]))
    server.maxRequestsPerSocket = 0
  },
  'body that never comes': async () => {
    await waitFor('/slow-body handler', talk([post('/slow-body', 'content-length: 9\r\n'), /^/]))
    server.closeAllConnections()
    await waitFor('/slow-body close')
  },
  'listener for Expect': async () => {
    const onContinue = (request, response) => {
      note('/body checkContinue')
      response.writeContinue()
      server.emit('request', request, response)
    }
    server.on('checkContinue', onContinue)
    await bye(talk([post('/body', 'content-length: 2\r\nexpect: 100-continue\r\n'), /100/], ['ab', /body!/]))
    server.off('checkContinue', onContinue)
  },
  https: () => askOnce(https.createServer(certificate, answer)),
  'HTTP/2': async () => {
    const other = http2.createServer(answer)
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const session = http2.connect(`http://127.0.0.1:${other.address().port}`)
    for (const path of ['/one', '/two']) await session.request({ ':path': path }).resume().toArray()
    session.close()
    await new Promise(resolve => other.close(resolve))
  },
  'HTTP/1 of an HTTP/2 server': () => askOnce(http2.createSecureServer({ ...certificate, allowHTTP1: true }, answer)),
  'given to another server': () => {
    const inner = http.createServer(answer)
    return askOnce(http.createServer((request, response) => inner.emit('request', request, response)))
  },
}

/** Has a server of its own kind answer one request. */
async function askOnce(other) {
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const client = other instanceof http.Server ? http : https
  const options = { port: other.address().port, path: '/one', ca: certificate.cert, agent: false }
  const [response] = await once(client.get(options), 'response')
  await response.toArray()
  await new Promise(resolve => other.close(resolve))
}

for (const [name, run] of Object.entries(cases)) {
  heard = []
  await run()
  console.log(JSON.stringify({ name, heard }))
}
server.close()
await handle.flush()
