// Every way in which Express can come to a handler; each request asks for one of them.
import { once } from 'node:events'
import http from 'node:http'
import { setUp } from './import-styles/set-up.cjs'

const { default: express } = await import(process.env.EXPRESS)
const is4 = express.Router.prototype?.route === undefined // where paths are written in another way

const ok = (_request, response) => response.send('ok')
const pass = (_request, _response, next) => next()
const app = express()
app.disable('etag')

app.use(pass)
app.use(function named(_request, _response, next) {
  setImmediate(() => next())
})
app.get('/', ok)
app.get('/plain/:id', ok)
app.get('/literal', ok)
app.get('/two/:a/:b', ok)
app.get('/query', ok)
app.all('/all', ok)
app.route('/route/:r').get(pass, ok).post(ok)
app.get('/chain/:id', pass, [pass, pass], ok)
app.get(['/list/a', '/list/:b', /\/list-of-(\d+)/], ok)
app.get(/^\/expression\/(\d+)$/, ok)
app.get(is4 ? '/optional/:x?' : '/optional{/:x}', ok)
app.get(is4 ? '/wild/*' : '/wild/*rest', ok)
app.get('/digits/:a-:b', ok)
app.get('/later/:id', async (_request, response) => {
  await new Promise(setImmediate)
  response.write('o')
  setImmediate(() => response.end('k'))
})
app.get('/passes-on/:id', (_request, _response, next) => next('route'))
app.get('/passes-on/7', ok)
app.get('/answered-by-middleware/:id', pass)
app.use((request, response, next) => (request.path.startsWith('/answered') ? response.status(404).end() : next()))
app.get('/answers-and-passes-on/:id', (_request, response, next) => {
  response.send('ok')
  next()
})

// What is below a path that has parameters, lists, wildcards.
const below = express.Router({ mergeParams: true })
const deeper = express.Router()
deeper.get('/', ok)
deeper.get('/leaf/:z', ok)
below.use(pass)
below.use('/nested', deeper)
below.get('/item', ok)
below.get('/:x', ok)
app.use('/users/:id', below)
app.use(['/v1', '/v2/:tenant'], below)
app.use('/twice', pass, below)
app.use('/again', below)
app.use('/', below) // takes nothing of the path: its routes are the app's
app.use('/trailing/', deeper)
app.use('/ends', (_request, response) => response.status(401).end())
app.use(
  '/ends-below',
  express.Router().use((_request, response) => response.status(401).end()),
)
app.use('/hidden', (request, response, next) => below(request, response, next))
const other = express.Router().get('/nested/other/:o', ok)
app.use('/either', (request, response, next) => below(request, response, () => other(request, response, next)))
app.use('/caught', express.Router().get(is4 ? '/*' : '/{*rest}', ok))
app.use('/handled', pass)
app.get('/handled/:by', express.Router().get('/handled/:router', ok))

// Routers that pass a request on.
app.use('/shared', express.Router().get('/one/:a', ok))
app.use('/shared', express.Router().get('/two/:b', ok))
app.use('/prefix', pass)
app.use('/prefix/longer', express.Router().get('/:c', ok))
app.get('/prefix/then/:d', ok)

// Apps within apps.
const mounted = express()
const inner = express()
inner.get('/deep/:x', ok)
mounted.get('/hello/:name', ok)
mounted.get('/fails/:id', (_request, _response, next) => next(new Error('mounted')))
mounted.use('/inner', inner)
app.use('/mounted', mounted)
app.use('/mounted-too/:m', mounted)

// Parameters with functions of their own.
const watched = express.Router()
watched.param('id', (_request, response, next, id) =>
  id === 'stops' ? response.status(404).end() : setImmediate(() => next()),
)
watched.get('/:id', ok)
app.param('checked', (_request, response, next, value) => (value === 'bad' ? response.status(400).end() : next()))
app.get('/checked/:checked', ok)
app.use('/params', watched)

// Errors.
app.get('/fails/:id', () => {
  throw new Error('handler')
})
app.get('/rejects/:id', async (_request, _response, next) => {
  await new Promise(setImmediate)
  next(new Error('handler'))
})
app.use(
  '/failing/:group',
  express.Router().get('/fails/:id', (_request, _response, next) => next(new Error('below'))),
)
app.get('/not-here/:id', pass)
app.use((error, _request, response, next) => (error === undefined ? next() : response.status(500).end()))

// A server that knows the app, or only a function that calls it.
const server = http.createServer(process.env.WRAPPED ? (request, response) => app(request, response) : app)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
setUp('made')
for (const asked of process.env.PATHS.split(' ')) {
  const [, method, path] = /^([A-Z]+)?(.*)$/.exec(asked)
  await (await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method: method ?? 'GET' })).text()
}
server.close()
server.closeAllConnections()
