// Asks in less usual ways, each in a span of the app that is named after the case. Prints what was heard, and in whose span.
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'

const handle = setupOtel()
const tracer = trace.getTracer('app')
const { KEY: key, CERT: ca } = process.env

/** What is answered to a path; all others get the headers of a trace that came, each as often as it came. */
const answers = {
  '/silent': () => {},
  '/reset': request => request.socket.resetAndDestroy(),
  '/half': (request, response) =>
    response.writeHead(200, { 'content-length': 9 }).write('half', () => request.socket.destroy()),
  '/endless': (_, response) => response.write('a'),
  '/status/401': (_, response) => response.writeHead(401).write('x'),
  '/status/404': (_, response) => response.writeHead(404).end('x'),
  '/status/500': (_, response) => response.writeHead(500).end('x'),
  '/hints': (request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    echo(request, response)
  },
}

function echo(request, response) {
  const { traceparent = [], tracestate = [] } = request.headersDistinct
  request.resume().on('end', () => response.end(JSON.stringify({ traceparent, tracestate })))
}

const server = http.createServer((request, response) => {
  const answer = answers[new URL(request.url, 'http://localhost').pathname] ?? echo
  answer(request, response)
})
server.on('upgrade', (request, socket) =>
  socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n'),
)
server.on('connect', (request, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
await once(server.listen(0, '127.0.0.1'), 'listening')
const secure = https.createServer({ key, cert: ca }, (request, response) => response.end('x'))
await once(secure.listen(0, '127.0.0.1'), 'listening')
const six = http.createServer((request, response) => response.end('x'))
const hasSix = await once(six.listen(0, '::1'), 'listening').then(
  () => true,
  () => false,
)
const { port } = server.address()
const host = '127.0.0.1'

let heard
let traces
const note = at => heard.push({ at, spanId: trace.getActiveSpan()?.spanContext().spanId ?? null })

/** Listens to all that a request tells of, and resolves when it is over. */
async function listen(request, { take = response => response.resume() } = {}) {
  for (const event of ['socket', 'information', 'continue', 'upgrade', 'connect', 'error', 'timeout', 'close']) {
    request.on(event, () => note(event))
  }
  request.on('response', response => {
    note('response')
    for (const event of ['data', 'end', 'aborted', 'close']) response.on(event, () => note(`response ${event}`))
    response.on('error', () => note('response error'))
    take(response)
  })
  await new Promise(resolve => request.on('close', resolve))
}

const foreign = { Traceparent: '00-11111111111111111111111111111111-2222222222222222-01', TraceState: 'far=1' }

async function hearTrace(request) {
  const [response] = await once(request, 'response')
  traces = JSON.parse((await response.toArray()).join(''))
}

function giveUpRequest(path) {
  const request = get(path, { agent: false })
  return listen(request, { take: response => response.once('data', () => request.destroy()) })
}

const get = (path, options = {}) => http.get({ host, port, path, ...options })
const single = new http.Agent({ keepAlive: true, maxSockets: 1 })

const cases = {
  get: () => listen(get('/one?a=b&token=secret')),
  'connection that is closed after it': () => listen(get('/one', { agent: false })),
  'connection that is kept': async () => {
    await listen(get('/one', { agent: single }))
    await listen(get('/one', { agent: single }))
  },
  'body that is sent': () => listen(http.request({ host, port, path: '/one', method: 'POST' }).end('x')),
  'strange method': () => listen(http.request({ host, port, path: '/one', method: 'PROPFIND' }).end()),
  HEAD: () => listen(http.request({ host, port, path: '/one', method: 'HEAD' }).end()),
  'not found': () => listen(get('/status/404')),
  failed: () => listen(get('/status/500')),
  hints: () => listen(get('/hints')),
  'Expect: 100-continue': () =>
    listen(http.request({ host, port, path: '/one', method: 'POST', headers: { expect: '100-continue' } }).end('x')),
  'nobody reads': async () => {
    const request = get('/one', { agent: false })
    await once(request, 'close')
  },
  upgrade: () => listen(get('/socket', { headers: { connection: 'upgrade', upgrade: 'echo' } })),
  connect: () => listen(http.request({ host, port, method: 'CONNECT', path: 'far.example:443' }).end()),
  https: () => listen(https.get({ host, port: secure.address().port, path: '/one', ca, agent: false })),
  'not trusted': () => listen(https.get({ host, port: secure.address().port, path: '/one', agent: false })),
  'whole URL for a proxy': () => listen(get('http://far.example:81/one?sig=secret')),
  'URL with a password': () => listen(http.get(`http://user:password@${host}:${port}/one`)),
  'Host of another': () => listen(get('/one', { headers: { host: 'shop.example' } })),
  'list of headers': () => listen(get('/one', { headers: ['host', 'shop.example', 'user-agent', 'tea'] })),
  'reset connection': () => listen(get('/reset')),
  'refused connection': () => listen(get('/one', { port: 1 })),
  'refused, with the Host of another': () => listen(get('/one', { port: 1, headers: { host: 'shop.example' } })),
  'unknown host': () => listen(get('/one', { host: 'nobody.invalid' })),
  'answer that breaks off': () => listen(get('/half')),
  'given up before the answer': async () => {
    const request = get('/silent')
    const over = listen(request)
    request.on('socket', socket => socket.on('connect', () => setImmediate(() => request.destroy())))
    await over
  },
  'given up in the answer': () =>
    listen(get('/endless'), { take: response => response.once('data', () => response.destroy()) }),
  'request that is given up in the answer': () => giveUpRequest('/endless'),
  'request that is given up when it is refused': () => giveUpRequest('/status/401'),
  'headers of another trace': () => hearTrace(get('/one', { headers: foreign })),
  'list of headers of another trace': () =>
    hearTrace(get('/one', { headers: ['host', 'shop', ...Object.entries(foreign).flat()] })),
  'too late': async () => {
    const request = get('/silent', { timeout: 20, agent: false })
    const over = listen(request)
    request.on('timeout', () => request.destroy(new TypeError('too late')))
    await over
  },
  'given up by a signal': async () => {
    const over = new AbortController()
    const request = get('/endless', { signal: over.signal, agent: false })
    await listen(request, { take: response => response.once('data', () => over.abort()) })
  },
  'nothing to ask': () => {
    for (const wrong of ['no URL', { path: 'a b' }, { protocol: 'gopher:' }]) {
      try {
        http.get(wrong)
      } catch (error) {
        note(error.code)
      }
    }
  },
  IPv6: () =>
    hasSix ? listen(http.get({ host: '::1', port: six.address().port, path: '/one', agent: false })) : undefined,
}

for (const [name, run] of Object.entries(cases)) {
  heard = []
  traces = undefined
  await tracer.startActiveSpan(name, async span => {
    await run()
    span.end()
    console.log(JSON.stringify({ name, spanId: span.spanContext().spanId, heard, traces }))
  })
}

heard = []
await Promise.all(
  ['a', 'b', 'c'].map(name =>
    tracer.startActiveSpan(name, async span => {
      const request = get(`/${name}`, { agent: single })
      request.on('response', response => {
        heard.push(trace.getActiveSpan() === span)
        response.on('data', () => heard.push(trace.getActiveSpan() === span))
        response.on('end', () => heard.push(trace.getActiveSpan() === span))
      })
      await once(request, 'close')
      span.end()
    }),
  ),
)
console.log(JSON.stringify({ name: 'waiting for one connection', heard }))
for (const each of [server, secure, six]) {
  each.close()
  each.closeAllConnections()
}
single.destroy()
await handle.flush()
