// Requests in less usual ways, each in a span of its own that is named after it. Prints what the server got, and the span
// in which the answer was read.
const early = { ...require('node:http') } // functions that were taken before set-up
const { setupOtel } = require('@org/otel')

setupOtel()

const { EventEmitter, once } = require('node:events')
const http = require('node:http')
const net = require('node:net')
const { context, trace } = require('@opentelemetry/api')

const list = ['accept', 'text/plain', 'x-twice', '1', 'x-twice', '2', 'host', 'shop']
const foreign = '00-11111111111111111111111111111111-2222222222222222-01'
const pairs = [
  ['accept', 'text/plain'],
  ['host', 'shop'],
]
const ways = {
  'late get': (options, read) => http.get(options, read),
  'early get': (options, read) => early.get(options, read),
  'early get of a URL': ({ host, port, path }, read) => early.get(`http://${host}:${port}${path}`, read),
  'early POST': (options, read) => early.request({ ...options, method: 'POST' }, read).end('body'),
  'early Expect': (options, read) => early.request({ ...options, headers: { expect: '100-continue' } }, read).end(),
  'late list': (options, read) => http.get({ ...options, headers: list }, read),
  'late pairs': ({ host, port, path }, read) => http.get(`http://${host}:${port}${path}`, { headers: pairs }, read),
  'early list': (options, read) => early.get({ ...options, headers: list }, read),
  'forwarded list': (options, read) =>
    http.get({ ...options, headers: ['host', 'shop', 'Traceparent', foreign] }, read),
  'forwarded object': (options, read) => http.get({ ...options, headers: { traceparent: foreign } }, read),
  'forwarded by fetch': ({ host, port, path }, read) => fetched(`http://${host}:${port}${path}`, read),
  'agent that asks': (options, read) => http.get({ ...options, agent: new AskingAgent() }, read),
  'early refused': options => early.get({ ...options, port: 1 }),
}

/** As agents for proxies do: makes a request of its own, by a function that it took early, before it connects. */
class AskingAgent extends http.Agent {
  createConnection(options, done) {
    early.get({ host: options.host, port: options.port, path: '/asked' }, response => response.resume())
    return net.connect(options, done)
  }
}

/** In the clothes of a request of `node:http`. */
function fetched(url, read) {
  const request = new EventEmitter()
  void fetch(url, { headers: { traceparent: foreign } }).then(async response => {
    read()
    request.emit('response', { toArray: async () => [await response.text()] })
  })
  return request
}

const server = http.createServer((request, response) => {
  response.end(JSON.stringify(request.rawHeaders))
})
server.listen(0, '127.0.0.1', async () => {
  const options = { host: '127.0.0.1', port: server.address().port, path: '/x?token=secret' }
  for (const [name, way] of Object.entries(ways)) {
    const span = trace.getTracer('app').startSpan(name)
    await context.with(trace.setSpan(context.active(), span), () => run(name, read => way(options, read)))
    span.end()
  }
  server.close()
})

async function run(name, way) {
  const result = { name, ...trace.getActiveSpan().spanContext() }
  try {
    const request = way(() => (result.readIn = trace.getActiveSpan()?.spanContext()))
    const [response] = await once(request, 'response')
    result.headers = JSON.parse((await response.toArray()).join(''))
  } catch (error) {
    result.error = error.code
  }
  console.log(JSON.stringify(result))
}
