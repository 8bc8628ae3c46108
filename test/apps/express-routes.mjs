// Every way in which Express can come to a handler; each request asks for one of them.
import { once } from 'node:events'

const { default: express } = await import(process.env.EXPRESS)

const ok = (_request, response) => response.send('ok')
const app = express()
const mounted = express()
const inner = express()
const router = express.Router({ mergeParams: true })
const nested = express.Router()

app.use((_request, _response, next) => next())
app.get('/plain/:id', ok)
mounted.get('/hello/:name', ok)
inner.get('/deep/:x', ok)
mounted.use('/inner', inner)
app.use('/mounted', mounted)
nested.get('/leaf/:z', ok)
router.use('/nested', nested)
router.get('/item', ok)
app.use('/users/:id', router)
app.route('/route/:r').get(ok)
app.all('/all', ok)
app.use('/stopped', (_request, response) => response.status(401).end())
app.get('/fails/:id', () => {
  throw new Error('handler')
})
app.use((_error, _request, response, _next) => response.status(500).end())

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
for (const path of process.env.PATHS.split(' ')) await fetch(`http://127.0.0.1:${server.address().port}${path}`)
server.close()
server.closeAllConnections()
