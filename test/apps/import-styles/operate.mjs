// The one body of operations. Each program of this folder hands in the libraries, imported in the way that it is named after.
import { once } from 'node:events'

const { PG_URL, REDIS_URL } = process.env
const host = '127.0.0.1'
// Real TLS with a shared secret: no certificate that would expire.
const psk = Buffer.from('import-styles')
const tls = { ciphers: 'PSK', maxVersion: 'TLSv1.2', pskCallback: () => psk }
const trust = { ...tls, pskCallback: () => ({ psk, identity: 'client' }), checkServerIdentity: () => undefined }

/**
 * One request to an Express app, which in its handler does everything once, and a job that it leaves to a worker. All that
 * an app makes when it starts is made and connected before: clients, pools, queues, loggers, routes.
 */
export async function operate({ http, https, express, pg, redis, ioredis, bullmq, pino, winston, bunyan }) {
  const upstream = http.createServer((_, response) => response.end()).listen(0, host)
  const secureUpstream = https.createServer(tls, (_, response) => response.end()).listen(0, host)
  const client = new pg.Client(PG_URL)
  const pool = new pg.Pool({ connectionString: PG_URL })
  const redisClient = redis.createClient({ url: REDIS_URL })
  const ioredisClient = new ioredis.Redis(REDIS_URL)
  const { hostname, port } = new URL(REDIS_URL)
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null }
  const jobs = { connection, prefix: `import-styles-${process.pid}` }
  const queue = new bullmq.Queue('fulfilment', jobs)
  const worker = new bullmq.Worker('fulfilment', async () => void (await pool.query('SELECT 5')), jobs)
  const loggers = [
    pino(),
    winston.createLogger({ format: winston.format.json(), transports: [new winston.transports.Console()] }),
    bunyan.createLogger({ name: 'bunyan' }),
  ]
  await Promise.all([
    once(upstream, 'listening'),
    once(secureUpstream, 'listening'),
    client.connect(),
    redisClient.connect(),
    once(ioredisClient, 'ready'),
    worker.waitUntilReady(),
  ])

  // What it takes to connect is no operation of the request that happens to be the first.
  async function connectAndUse() {
    const lateClient = new pg.Client(PG_URL)
    const lateRedis = new ioredis.Redis(REDIS_URL)
    await Promise.all([lateClient.connect().then(() => lateClient.query('SELECT 6')), lateRedis.get('late')])
    await Promise.all([lateClient.end(), lateRedis.disconnect()])
  }

  const app = express()
  const orders = express.Router()
  orders.use((request, response, next) => next())
  orders.get('/:id', async (request, response) => {
    await answerTo(http.get({ host, port: upstream.address().port, path: '/http-get' }))
    await answerTo(http.request(`http://${host}:${upstream.address().port}/http-request`).end())
    await answerTo(https.get({ ...trust, host, port: secureUpstream.address().port, path: '/https-get' }))
    await answerTo(https.request(`https://${host}:${secureUpstream.address().port}/https-request`, trust).end())
    await (await fetch(`http://${host}:${upstream.address().port}/fetch`)).text()
    await client.query('SELECT 1')
    await new Promise((resolve, reject) =>
      client.query('SELECT 2', error => (error === null ? resolve() : reject(error))),
    )
    await pool.query('SELECT 3')
    await new Promise((resolve, reject) => pool.query('SELECT 4', error => (error ? reject(error) : resolve())))
    await redisClient.get('redis')
    await ioredisClient.get('ioredis')
    await connectAndUse()
    for (const logger of loggers) logger.info('order taken')
    await queue.add('fulfil', {})
    response.end()
  })
  app.use('/orders', orders)
  const server = app.listen(0, host)
  await once(server, 'listening')
  globalThis.setUp?.('made')

  const completed = once(worker, 'completed')
  await answerTo(http.get({ host, port: server.address().port, path: '/orders/7' }))
  await completed

  for (const open of [server, upstream, secureUpstream]) open.close()
  await worker.close()
  await queue.obliterate()
  await queue.close()
  await Promise.all([client.end(), pool.end(), redisClient.close(), ioredisClient.quit()])
}

async function answerTo(request) {
  const [response] = await once(request, 'response')
  await once(response.resume(), 'end')
}
