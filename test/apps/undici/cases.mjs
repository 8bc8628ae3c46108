// Asks with `fetch` and WebSockets, each in a span of the app that is named after the case. Prints what came of it.
import { once } from 'node:events'
import http from 'node:http'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { setupOtel } from '@org/otel'
import { WebSocketServer } from 'ws'

const handle = setupOtel({
  instrumentations: {
    undici: { headersToSpanAttributes: { requestHeaders: ['X-Mine', 'x-none'], responseHeaders: ['X-Answer'] } },
  },
})
const tracer = trace.getTracer('app')

/** What is answered to a path; all others get the headers of a trace that came with the request, each as often as it came. */
const answers = {
  '/silent': request => request.socket.once('close', () => said('gone')),
  '/half': (request, response) =>
    response.writeHead(200, { 'content-length': 9 }).write('half', () => request.socket.destroy()),
  '/endless': (request, response) => {
    request.socket.once('close', () => said('gone'))
    response.write('a')
  },
  '/redirect': (_, response) => response.writeHead(302, { location: '/one' }).end(),
  '/status/404': (_, response) => response.writeHead(404).end('x'),
  '/status/500': (_, response) => response.writeHead(500).end('x'),
  '/slow': (_, response) => setTimeout(() => response.end('x'), 20),
}
let said = () => {}
let arrived = () => {}

function echo(request, response) {
  const names = ['traceparent', 'tracestate', 'baggage']
  const lists = names.map(name => request.headersDistinct[name] ?? [])
  response.setHeader('x-answer', ['1', '2'])
  request.resume().on('end', () => response.end(JSON.stringify(lists)))
}

const server = http.createServer((request, response) => {
  arrived()
  const answer = answers[new URL(request.url, 'http://localhost').pathname] ?? echo
  answer(request, response)
})
const sockets = new WebSocketServer({ server, path: '/socket' })
sockets.on('connection', socket => socket.on('message', () => socket.send('pong')))
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address()
const closed = http.createServer()
await once(closed.listen(0, '127.0.0.1'), 'listening')
const closedPort = closed.address().port
closed.close()
await once(closed, 'close')

const url = path => `http://127.0.0.1:${port}${path}`
const get = async (path, options) => (await fetch(url(path), options)).text()
const outcomeOf = asking =>
  asking.then(
    text => text,
    error => error.cause?.code ?? error.name ?? typeof error,
  )

/** Once the server has the request, and until it has lost the connection. */
async function giveUp(path, reason) {
  const { signal, abort } = giveUpLater()
  const gone = new Promise(resolve => (said = resolve))
  arrived = () => abort(...reason)
  const outcome = await outcomeOf(get(path, { signal }))
  arrived = () => {}
  await gone
  return outcome
}

function giveUpLater() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (...reason) => controller.abort(...reason) }
}

async function talk(path) {
  const socket = new WebSocket(url(path).replace('http', 'ws'))
  const hear = event => new Promise(resolve => socket.addEventListener(event, resolve, { once: true }))
  const { type } = await Promise.race([hear('open'), hear('error')])
  if (type === 'error') return 'refused'
  socket.send('ping')
  const { data } = await hear('message')
  socket.close()
  await hear('close')
  return data
}

const foreign = { traceparent: '00-11111111111111111111111111111111-2222222222222222-01', TraceState: 'far=1' }

/** In a trace whose state somebody has set. */
function withState(go) {
  const headers = { traceparent: '00-33333333333333333333333333333333-4444444444444444-01', tracestate: 'near=1' }
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  return tracer.startActiveSpan('with a state', {}, parent, span => go().finally(() => span.end()))
}

const cases = {
  get: () => get('/one?a=b'),
  'query with secrets': () => get('/one?a=b&token=secret&Sig=secret'),
  'query that is written otherwise': () => get("/one?q=a%20b&flag&list=1,2&x[]='é'&&"),
  'not found': () => get('/status/404'),
  failed: () => get('/status/500'),
  redirect: () => get('/redirect'),
  'body that is sent': () => get('/one', { method: 'POST', body: 'x' }),
  HEAD: () => get('/one', { method: 'HEAD' }),
  'strange method': () => get('/one', { method: 'PROPFIND' }),
  'headers that are wanted': () => get('/one', { headers: { 'x-mine': 'a', 'user-agent': 'tea' } }),
  'connection that is kept': () => get('/one').then(() => get('/one')),
  'three at once': () => Promise.all(['/slow?n=1', '/slow?n=2', '/slow?n=3'].map(path => get(path))).then(String),
  'refused connection': () => outcomeOf(fetch(`http://127.0.0.1:${closedPort}/one`)),
  'unknown host': () => outcomeOf(fetch('http://nobody.invalid/one')),
  'answer that breaks off': () => outcomeOf(get('/half')),
  'given up before the answer': () => giveUp('/silent', []),
  'given up for a reason': () => giveUp('/silent', [new RangeError('enough')]),
  'given up for a word': () => giveUp('/silent', ['enough']),
  'given up for nothing that has a name': () => giveUp('/silent', [{ toString: undefined }]),
  'given up in the answer': async () => {
    const { signal, abort } = giveUpLater()
    const response = await fetch(url('/endless'), { signal })
    abort()
    return outcomeOf(response.text())
  },
  'too late': () => outcomeOf(get('/silent', { signal: AbortSignal.timeout(50) })),
  'nothing to ask': () => outcomeOf(fetch('no URL')),
  'passed on': () => get('/one', { headers: foreign }),
  'passed on in a trace with a state': () => withState(() => get('/one', { headers: foreign })),
  'passed on with baggage': () => get('/one', { headers: { ...foreign, baggage: 'a=b' } }),
  'by a proxy': () => outcomeOf(fetch('http://far.example:81/one?sig=secret').then(response => response.text())),
  WebSocket: () => talk('/socket'),
  'WebSocket that is refused': () => talk('/one'),
}

for (const [name, run] of Object.entries(cases)) {
  await tracer.startActiveSpan(name, async span => {
    const outcome = await run()
    const isKept = trace.getActiveSpan() === span
    span.end()
    console.log(JSON.stringify({ name, ...span.spanContext(), isKept, outcome }))
  })
}

/** Outside of any span. */
const outcome = await context.with(ROOT_CONTEXT, () => get('/alone'))
console.log(JSON.stringify({ name: 'alone', outcome }))
sockets.close()
server.close()
server.closeAllConnections()
await handle.flush()
process.exit()
