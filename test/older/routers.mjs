// Routers of router 2.2 and of the newest, made before set-up and after it, with paths that say more than the URL does.
import { once } from 'node:events'
import http from 'node:http'
import { createRequire } from 'node:module'
import { setupOtel } from '@org/otel'
import Older from 'router'

const Newest = createRequire(new URL('../apps/any.js', import.meta.url))('router')

const ok = (_request, response) => response.end('ok')
const pass = (_request, _response, next) => next()

function make(Router) {
  const inner = Router().get('/', ok).get('/c/:c', ok)
  const list = ['/m1', /^\/m3\d/]
  const router = Router()
    .use(pass)
    .use([pass, pass])
    .use('/', pass)
    .use('/CASE/:x', inner)
    .use(/^\/ru\d+/, inner)
    .use('/o{/:x}', pass, inner)
    .use(list, inner)
    .use('/g/:a.:b', inner)
    .use('/files', (request, response, next) => (request.url === '/none' ? next() : ok(request, response)))
    .get('/direct/:d', ok)
  list.push('/never')
  return router
}

const before = { older: make(Older), newest: make(Newest) }
setupOtel()
const after = { older: make(Older), newest: make(Newest) }

const server = http.createServer((request, response) => {
  const [when, version] = new URL(request.url, 'http://localhost').searchParams.get('router').split('-')
  const router = { before, after }[when][version]
  router(request, response, () => response.writeHead(404).end())
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
for (const asked of process.env.PATHS.split(' ')) {
  await (await fetch(`http://127.0.0.1:${server.address().port}${asked}`)).text()
}
server.close()
server.closeAllConnections()
