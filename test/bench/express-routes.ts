// What it costs to know the route of a request, by each way there is: npm run bench:express
import { fork } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { layersOfApp } from '../../src/instrumentations/express/find-layers.ts'
import { patchLayers } from '../../src/instrumentations/express/patch-layers.ts'
import { ServerState, setContextOf } from '../../src/instrumentations/http/server-state.ts'
import { median } from './median.ts'

type Handler = (request: object, response: { count: number }, next: () => void) => void
interface Router {
  use(...given: readonly (string | Handler | Router)[]): void
  get(path: string, handler: Handler): void
}
interface App extends Router {
  readonly router: { handle(request: object, response: object, done: (error?: unknown) => void): void }
}
interface Express {
  (): App
  Router(): Router
}

const ways = {
  'nobody asks': () => {},
  'the layers, as here': (_express: Express, app: App) => patchLayers(layersOfApp(app)!),
  'the channel of the router, with a listener that does nothing': () =>
    subscribe('tracing:express.router.request:start', () => {}),
  'the official instrumentation, without spans for layers': (express: Express) => {
    const ignoreLayersType = ['middleware', 'router', 'request_handler'] as never[]
    const definitions = new ExpressInstrumentation({ ignoreLayersType, enabled: false }).getModuleDefinitions()
    definitions[0]!.patch!(express)
  },
}
const urls = { 'behind five functions': '/plain', 'and in a router': '/users/7/items/3' }
type Costs = Readonly<Record<string, number>>

const [, , argument = '7'] = process.argv // how many rounds, or in a child the way
if (argument in ways) process.send!(measure(argument as keyof typeof ways))
else await compare(Number(argument))

async function compare(count: number): Promise<void> {
  const seen = Object.fromEntries(Object.keys(ways).map(name => [name, [] as Costs[]]))
  for (let round = 0; round < count; round += 1) {
    for (const [name, costs] of Object.entries(seen)) {
      const [cost] = (await once(fork(import.meta.filename, [name]), 'message')) as [Costs]
      costs.push(cost)
    }
  }
  const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)
  console.log(`Node ${process.version}: nanoseconds of CPU a request, medians of ${count} processes\n`)
  row(['who knows the route', ...Object.keys(urls)])
  row(['---', ...Object.keys(urls).map(() => '---:')])
  for (const [name, costs] of Object.entries(seen)) {
    row([name, ...Object.keys(urls).map(url => String(Math.round(median(costs.map(cost => cost[url]!)))))])
  }
}

function measure(name: keyof typeof ways): Costs {
  const express = createRequire(import.meta.url)('express') as Express
  const early = name.startsWith('the official')
  if (early) ways[name](express, undefined as never)
  const app = express()
  const router = express.Router()
  const pass: Handler = (_request, _response, next) => next()
  const answer: Handler = (_request, response) => void (response.count += 1)
  for (let index = 0; index < 5; index += 1) app.use(pass)
  app.get('/plain', answer)
  router.use(pass)
  router.get('/items/:item', answer)
  app.use('/users/:id', router)
  if (!early) ways[name](express, app)
  return Object.fromEntries(Object.entries(urls).map(([what, url]) => [what, nanosecondsOf(app, url)]))
}

function nanosecondsOf({ router }: App, url: string): number {
  const span = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 })
  function handle(times: number): number {
    const response = { count: 0 }
    const { user } = process.cpuUsage()
    for (let index = 0; index < times; index += 1) {
      const request = { method: 'GET', url, headers: {} }
      setContextOf(request, new ServerState(ROOT_CONTEXT, span, 'GET', 0))
      router.handle(request, response, error => {
        throw error ?? new Error(`nobody answers ${url}`)
      })
    }
    if (response.count !== times) throw new Error(`${times - response.count} requests were not answered`)
    return ((process.cpuUsage().user - user) * 1000) / times
  }
  handle(100_000)
  return median(Array.from({ length: 15 }, () => handle(20_000)))
}
