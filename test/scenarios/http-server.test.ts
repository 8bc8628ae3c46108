import { beforeAll, describe, expect, test } from 'vitest'
import { type ReceivedMetric, type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { type AppResult, runApp } from '../harness/app.ts'
import { runCases } from '../harness/run-cases.ts'
import { cjs, esm } from '../harness/code.ts'
import { localhostCertificate } from '../harness/localhost-certificate.ts'

const status = 'http.response.status_code'

interface Case {
  readonly name: string
  readonly heard: readonly { readonly at: string; readonly spanId: string | null }[]
}

interface Run {
  /** What each case heard, with the path of the request in whose span that was. */
  readonly heard: Readonly<Record<string, readonly string[]>>
  readonly servers: readonly ReceivedSpan[]
  readonly metrics: readonly ReceivedMetric[]
  readonly stderr: string
}

let ours: Run
let official: Run

beforeAll(async () => {
  ;[ours, official] = await Promise.all([run({}), run({ OTEL_INSTRUMENTATION_HTTP_OFFICIAL: 'true' })])
}, 60_000)

async function run(env: Readonly<Record<string, string>>): Promise<Run> {
  const { key: KEY, cert: CERT } = localhostCertificate
  const settings = { OTEL_SERVICE_NAME: 'http-server', KEY, CERT, ...env }
  const { cases, spans, metrics, stderr } = await runCases<Case>('http/server-cases.mjs', settings)
  const pathOf = (spanId: string | null): unknown =>
    spanId === null ? 'none' : spans.find(span => span.spanId === spanId)?.attributes['url.path']
  const heard = [...cases].map(
    ([name, each]) => [name, each.heard.map(({ at, spanId }) => `${at}: ${pathOf(spanId)}`)] as const,
  )
  const servers = spans.filter(span => span.kind === 'SERVER')
  return { heard: Object.fromEntries(heard), servers, metrics, stderr }
}

test('nothing is heard of us', () => expect(ours.stderr).toBe(''))

describe('what runs for a request runs in its context, and in no other', () => {
  const heard: Record<string, string[]> = {
    'keep-alive': ['/one: /one', '/ignored: none', '/two: /two'],
    pipelined: ['/ignored: none', '/one: /one', '/two: /two', '/late: /late'],
    'body in pieces': ['data', 'data', 'end', 'response finish', 'response close', 'close'].map(
      event => `/body ${event}: /body`,
    ),
    'body iterated': ['/iterated a: /iterated', '/iterated: /iterated'],
    stream: ['/stream: /stream', '/stream: /stream'],
    'gone in the answer': ['/endless close: /endless'],
    'gone before the answer': ['/silent close: /silent'],
    'body that never comes': ['/slow-body close: /slow-body'],
    malformed: ['/one: /one', 'clientError: none'],
    upgrade: ['/one: /one', '/socket upgrade: /socket', '/socket upgraded: /socket', 'message: none'],
    'ignored upgrade': ['/ignored-socket upgrade: none', '/ignored-socket upgraded: none'],
    'upgrade after an ignored request': ['/ignored: none', '/socket upgrade: /socket', '/socket upgraded: /socket'],
    'listener for Expect': [
      '/body checkContinue: /body',
      ...['data', 'end', 'response finish', 'response close', 'close'].map(event => `/body ${event}: /body`),
    ],
    https: ['/one: /one'],
    'HTTP/2': ['/one: none', '/two: none'],
    'HTTP/1 of an HTTP/2 server': ['/one: /one'],
    'given to another server': ['/one: /one'],
  }
  test.each(Object.entries(heard))('%s', (name, expected) => {
    const all = ours.heard[name]!.filter(event => !/ handler:|^connection:/.test(event))
    expect(all.toSorted()).toEqual(expected.toSorted()) // Node.js 26 closes responses later than requests
    const handlers = ours.heard[name]!.filter(event => event.includes(' handler:'))
    for (const event of handlers.filter(event => name !== 'HTTP/2' && !event.startsWith('/ignored'))) {
      expect(event).toMatch(/^(\S+) handler: \1$/)
    }
    expect(ours.heard[name]!.filter(event => event.startsWith('connection:') && !event.endsWith('none'))).toEqual([])
  })
})

describe('what becomes of a request', () => {
  const outcomes: [what: string, path: string, expected: object, missing?: string][] = [
    ['an answer that breaks off has its error', '/broken', failed('RangeError', 'no more')],
    ['a handler that throws has its error, and no status', '/throws', failed('TypeError', 'no answer'), status],
    ['a failure of the server is an error', '/failed', failed('503')],
    ['a refusal is none', '/refused', { status: { code: 'UNSET' }, attributes: { [status]: 404 } }],
    ['an answer that the client does not wait for', '/endless', { status: { code: 'UNSET' } }, 'error.type'],
    ['an answer that was never begun has no status', '/silent', { status: { code: 'UNSET' } }, status],
    ['a body that never comes', '/slow-body', { status: { code: 'UNSET' } }, status],
    ['another protocol', '/socket', { name: 'GET', attributes: { [status]: 101 } }],
    ['another protocol that is refused', '/unwanted', { name: 'GET', attributes: { [status]: 401 } }],
  ]
  test.each(outcomes)('%s', (_, path, expected, missing) => {
    const [span] = ours.servers.filter(({ attributes }) => attributes['url.path'] === path)
    expect(span).toMatchObject(expected)
    if (missing !== undefined) expect(span?.attributes).not.toHaveProperty([missing])
  })

  test.each([400, 417, 503])('what Node answers itself with %d has a span too', code => {
    expect(ours.servers.filter(span => span.attributes[status] === code).length).toBeGreaterThan(0)
  })

  test('every one is measured once', () => {
    const [metric, ...others] = ours.metrics.filter(({ name }) => name === 'http.server.request.duration')
    expect(others).toEqual([])
    const counts = metric!.points.map(point => Number('count' in point && point.count))
    expect(counts.reduce((sum, count) => sum + count)).toBe(ours.servers.length)
  })
})

test('measurements of one outcome are a series of their own', () => {
  const { points } = ours.metrics.find(({ name }) => name === 'http.server.request.duration')!
  const outcomes = points.map(({ attributes }) => [attributes[status] ?? 'none', attributes['error.type'] ?? 'none'])
  const distinct = [...new Set(outcomes.map(outcome => outcome.join(' ')))].toSorted()
  expect(distinct).toEqual([
    '101 none',
    '200 RangeError',
    '200 none',
    '400 none',
    '401 none',
    '404 none',
    '417 none',
    '503 503',
    'none TypeError',
    'none none',
  ])
  const sets = points.map(({ attributes }) => JSON.stringify(Object.entries(attributes).toSorted()))
  expect(new Set(sets).size).toBe(sets.length)
})

test('a context that came is gone on with, and a malformed one is not', () => {
  const parents = ours.servers.map(span => span.parentSpanId).filter(parent => parent === '2222222222222222')
  expect(parents).toHaveLength(1)
  const [child] = ours.servers.filter(span => span.parentSpanId === '2222222222222222')
  expect(child?.traceId).toBe('11111111111111111111111111111111')
})

test('all else is as the official instrumentation has it', () => {
  /** What only ours tells of, and what ours tells otherwise: see docs/instrumentations.md. */
  const otherwise = new Set<unknown>(['/broken', '/silent', '/slow-body', '/socket', '/unwanted', '/third', undefined])
  const isSame = ({ attributes }: ReceivedSpan): boolean =>
    !otherwise.has(attributes['url.path']) && ![400, 417].includes(Number(attributes[status]))
  const describeAll = ({ servers }: Run): string[] => [...new Set(servers.filter(isSame).map(describeSpan))].toSorted()
  expect(describeAll(ours)).toEqual(describeAll(official))
})

function describeSpan({ name, status: outcome, attributes, events }: ReceivedSpan): string {
  const { 'network.peer.port': _, ...rest } = attributes
  const known = Object.entries(rest).filter(([key, value]) => key !== 'server.port' || Number(value) < 10_000)
  return JSON.stringify([name, outcome, known.toSorted(), events.map(event => event.name)])
}

function failed(type: string, message = ''): object {
  return { status: { code: 'ERROR', message }, attributes: { 'error.type': type } }
}

test('what listeners of the end of an answer say is in its span', async () => {
  await using receiver = await startReceiver()
  const program = cjs(`
    const { trace } = require('@opentelemetry/api')
    const { createServer, get } = require('node:http')
    const server = createServer((request, response) => {
      response.on('finish', () => trace.getActiveSpan().setAttribute('app.finished', true))
      response.end('ok')
    })
    server.listen(0, '127.0.0.1', () => get({ port: server.address().port, agent: false }, answer => answer.resume().on('end', () => server.close())))`)
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'server' }
  const { code, stderr } = await runApp({ ...program, nodeOptions: ['--import', '@org/otel/register'], env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(receiver.spans().find(({ kind }) => kind === 'SERVER')?.attributes).toMatchObject({ 'app.finished': true })
})

test('a listener that throws ends the process as without us, and the request is told', async () => {
  await using receiver = await startReceiver()
  const program = cjs(`
    const { createServer, get } = require('node:http')
    const server = createServer(() => {
      throw new TypeError('app fault')
    })
    server.listen(0, '127.0.0.1', () => get({ port: server.address().port }).on('error', () => {}))`)
  const run = (env: Readonly<Record<string, string>>): Promise<AppResult> =>
    runApp({
      ...program,
      nodeOptions: ['--import', '@org/otel/register'],
      env: { OTEL_SERVICE_NAME: 'server', ...env },
    })
  const [alone, watched] = [await run({ OTEL_SDK_DISABLED: 'true' }), await run(receiver.env)]
  const beforeStack = ({ code, stderr }: AppResult): object => ({
    code,
    stderr: stderr.slice(0, stderr.indexOf('    at ')),
  })
  expect(beforeStack(watched)).toEqual(beforeStack(alone))
  expect(receiver.spans().find(({ kind }) => kind === 'SERVER')).toMatchObject({
    status: { code: 'ERROR', message: 'app fault' },
    attributes: { 'error.type': 'TypeError' },
  })
})

test('a request that an adapter gives to a server without connections is one span', async () => {
  await using receiver = await startReceiver()
  const program = esm(`
    import { createServer, IncomingMessage, ServerResponse } from 'node:http'
    import { Duplex } from 'node:stream'
    import { setImmediate } from 'node:timers/promises'
    await setImmediate()
    const socket = new Duplex({ read() {}, write: (chunk, encoding, done) => done() })
    const request = Object.assign(new IncomingMessage(socket), { method: 'GET', url: '/adapted', headers: { host: 'a' } })
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    createServer((_, response) => response.on('finish', () => response.emit('close')).end('ok')).emit('request', request, response)`)
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'server' }
  const { code, stderr } = await runApp({ ...program, nodeOptions: ['--import', '@org/otel/register'], env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(receiver.spans()).toMatchObject([{ kind: 'SERVER', attributes: { 'url.path': '/adapted' } }])
})

test('throws that the app catches itself leave no listeners behind', async () => {
  await using receiver = await startReceiver()
  const program = cjs(`
    const { createServer, get } = require('node:http')
    const server = createServer((request, response) => {
      const inner = createServer(() => {
        throw new Error('caught')
      })
      for (let count = 0; count < 20; count++) try { inner.emit('request', request, response) } catch {}
      setImmediate(() => response.end(String(process.listenerCount('uncaughtExceptionMonitor'))))
    })
    server.listen(0, '127.0.0.1', () => get({ port: server.address().port, agent: false }, answer => answer.pipe(process.stdout).on('unpipe', () => server.close())))`)
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'server' }
  const { stdout, stderr } = await runApp({ ...program, nodeOptions: ['--import', '@org/otel/register'], env })
  expect({ stdout, stderr }).toEqual({ stdout: '0', stderr: '' })
  expect(receiver.spans().filter(({ kind }) => kind === 'SERVER')).toMatchObject([{ status: { code: 'UNSET' } }])
})

test('an emit that somebody has put before ours, and that calls past it, takes no context away', async () => {
  await using receiver = await startReceiver()
  const program = cjs(`
    const { Server, createServer, get } = require('node:http')
    const { emit } = Server.prototype
    Server.prototype.emit = function (...args) {
      return emit.apply(this, args)
    }
    const server = createServer((request, response) => {
      require('@opentelemetry/api').trace.getActiveSpan()?.setAttribute('app.seen', true)
      response.end('ok')
    })
    server.listen(0, '127.0.0.1', () => get({ port: server.address().port, agent: false }, answer => answer.resume().on('end', () => server.close())))`)
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'server' }
  const { code, stderr } = await runApp({ ...program, nodeOptions: ['--import', '@org/otel/register'], env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const servers = receiver.spans().filter(({ kind }) => kind === 'SERVER')
  expect(servers).toMatchObject([{ attributes: { 'app.seen': true } }])
})
