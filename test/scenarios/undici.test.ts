import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReceivedMetric, ReceivedSpan } from '../../src/testing.ts'
import { type CasesRun, runCases } from '../harness/run-cases.ts'

const status = 'http.response.status_code'

interface Case {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly isKept: boolean
  readonly outcome: string
}

type Run = CasesRun<Case>

let ours: Run
let official: Run

beforeAll(async () => {
  ;[ours, official] = await Promise.all([run({}), run({ OTEL_INSTRUMENTATION_UNDICI_OFFICIAL: 'true' })])
}, 60_000)

async function run(env: Readonly<Record<string, string>>): Promise<Run> {
  const proxy = createServer((request, response) => response.end(request.url))
  proxy.on('connect', (_, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    proxy.emit('connection', socket)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const { port } = proxy.address() as AddressInfo
  const observed = await runCases<Case>('undici/cases.mjs', {
    OTEL_SERVICE_NAME: 'undici',
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: `http://127.0.0.1:${port}`,
    NO_PROXY: '127.0.0.1,nobody.invalid',
    ...env,
  })
  proxy.close()
  proxy.closeAllConnections()
  return observed
}

/** The client spans of a case, without the ports that differ from run to run. */
function clientsOf({ cases, spans }: Run, name: string): ReceivedSpan[] {
  const { spanId } = cases.get(name)!
  const own = spans.filter(span => span.kind === 'CLIENT' && span.parentSpanId === spanId)
  return own
    .toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)))
    .map(span => ({ ...span, attributes: withoutPorts(span.attributes) }))
}

/** The same in every run: a redirect goes from the path that is so called, and those at once have a number. */
function orderOf({ attributes }: ReceivedSpan): string {
  return attributes['url.path'] === '/redirect' ? '' : String(attributes['url.full'])
}

function withoutPorts(attributes: ReceivedSpan['attributes']): ReceivedSpan['attributes'] {
  const entries = Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return [key, value.replace(/:\d{5}\b/, ':port')]
    return [key, typeof value === 'number' && value > 10_000 ? 'port' : value]
  })
  return Object.fromEntries(entries)
}

test('nothing is heard of us', () => expect(ours.stderr).toBe(''))

test('the app goes on in its own span, and hears what it would have heard', () => {
  const told = ({ cases }: Run): object[] =>
    [...cases.values()].map(({ name, isKept, outcome }) => ({ name, isKept, outcome: outcome.replace(/^\[.*/, '') }))
  expect(told(ours)).toEqual(told(official))
  expect([...ours.cases.values()].filter(({ isKept }) => isKept).length).toBe(ours.cases.size - 1)
})

const asked = 'http://127.0.0.1:port'

describe('one span for each request', () => {
  const expected: Record<string, { readonly name?: string; readonly error?: string; readonly attributes?: object }> = {
    get: {
      attributes: {
        'http.request.method': 'GET',
        'http.request.method_original': 'GET',
        'url.full': `${asked}/one?a=b`,
        'url.path': '/one',
        'url.query': 'a=b',
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'server.port': 'port',
        'network.peer.address': '127.0.0.1',
        'network.peer.port': 'port',
        'network.protocol.version': '1.1',
        'user_agent.original': 'node',
        [status]: 200,
        'http.response.header.x-answer': ['1', '2'],
      },
    },
    'query with secrets': {
      attributes: {
        'url.full': `${asked}/one?a=b&token=REDACTED&Sig=REDACTED`,
        'url.query': 'a=b&token=REDACTED&Sig=REDACTED',
      },
    },
    'query that is written otherwise': {
      attributes: { 'url.query': 'q=a%20b&flag&list=1,2&x[]=%27%C3%A9%27&&' },
    },
    'not found': { error: '404', attributes: { [status]: 404 } },
    failed: { error: '500', attributes: { [status]: 500 } },
    'body that is sent': { name: 'POST', attributes: { [status]: 200 } },
    HEAD: { name: 'HEAD', attributes: { [status]: 200 } },
    'strange method': {
      name: 'HTTP',
      attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' },
    },
    'headers that are wanted': { attributes: { 'http.request.header.x-mine': ['a'], 'user_agent.original': 'tea' } },
    'refused connection': { error: 'ECONNREFUSED', attributes: { 'server.port': 'port' } },
    'unknown host': { error: 'ENOTFOUND', attributes: { 'server.address': 'nobody.invalid', 'server.port': 80 } },
    'answer that breaks off': { error: 'UND_ERR_SOCKET', attributes: { [status]: 200 } },
    'given up before the answer': {},
    'given up in the answer': { attributes: { [status]: 200 } },
    'given up for a reason': { error: 'RangeError' },
    'given up for a word': { error: 'Error' },
    'given up for nothing that has a name': { error: 'Error' },
    'too late': { error: 'TimeoutError' },
    'passed on': { attributes: { [status]: 200 } },
  }
  test.each(Object.entries(expected))('%s', (name, { name: spanName = 'GET', error, attributes = {} }) => {
    const [span, ...others] = clientsOf(ours, name)
    expect(others).toEqual([])
    expect(span).toMatchObject({
      name: spanName,
      scope: { name: '@opentelemetry/instrumentation-undici' },
      status: { code: error === undefined ? 'UNSET' : 'ERROR' },
      attributes,
    })
    expect(span?.attributes['error.type']).toBe(error)
  })

  test('what has no query has no attribute for it', () => {
    expect(clientsOf(ours, 'not found')[0]?.attributes).not.toHaveProperty(['url.query'])
  })

  test('an answer that never came has no status', () => {
    expect(clientsOf(ours, 'given up before the answer')[0]?.attributes).not.toHaveProperty([status])
  })

  test('each step of a redirect has one', () => {
    const steps = clientsOf(ours, 'redirect').map(({ attributes }) => [attributes['url.path'], attributes[status]])
    expect(steps).toEqual([
      ['/redirect', 302],
      ['/one', 200],
    ])
  })

  test('a connection that is kept serves two', () => expect(clientsOf(ours, 'connection that is kept')).toHaveLength(2))

  test('three at once are three, with the answer of the server below each', () => {
    const clients = clientsOf(ours, 'three at once')
    const belowEach = clients.map(client => ours.spans.filter(span => span.parentSpanId === client.spanId))
    expect(belowEach.map(servers => servers.map(({ attributes }) => attributes['url.query']))).toEqual(
      clients.map(({ attributes }) => [attributes['url.query']]),
    )
    expect(new Set(clients.map(({ attributes }) => attributes['url.query']))).toEqual(new Set(['n=1', 'n=2', 'n=3']))
  })

  test('what never became a request has none', () => expect(clientsOf(ours, 'nothing to ask')).toEqual([]))

  test('what goes through a proxy is about the server, and the proxy is the peer', () => {
    const [span, ...others] = clientsOf(ours, 'by a proxy')
    if (ours.cases.get('by a proxy')?.outcome !== '/one?sig=secret') return // this Node knows no proxies
    expect(others).toEqual([])
    expect(span?.attributes).toMatchObject({
      'url.full': 'http://far.example:81/one?sig=REDACTED',
      'server.address': 'far.example',
      'server.port': 81,
      'network.peer.address': '127.0.0.1',
    })
  })

  test('outside of any span it begins a trace', () => {
    const [span] = ours.spans.filter(({ kind, attributes }) => kind === 'CLIENT' && attributes['url.path'] === '/alone')
    expect(span).toBeDefined()
    expect(span?.parentSpanId).toBeUndefined()
  })
})

describe('what is passed on of another trace makes room for ours', () => {
  const heard = (name: string): readonly string[][] => JSON.parse(ours.cases.get(name)!.outcome)
  const ownParent = (name: string): string => {
    const [{ traceId, spanId }] = clientsOf(ours, name) as [ReceivedSpan]
    return `00-${traceId}-${spanId}-01`
  }

  test('a traceparent goes with its tracestate', () => {
    expect(heard('passed on')).toEqual([[ownParent('passed on')], [], []])
  })

  test('a tracestate of ours takes the place of the other one', () => {
    const [parents, states] = heard('passed on in a trace with a state')
    expect(parents).toEqual([expect.stringMatching(/^00-3{32}-[0-9a-f]{16}-01$/)])
    expect(states).toEqual(['near=1'])
  })

  test('baggage stays where we have none', () => {
    expect(heard('passed on with baggage')).toEqual([[ownParent('passed on with baggage')], [], ['a=b']])
  })
})

describe('a WebSocket', () => {
  test.each(['WebSocket', 'WebSocket that is refused'])('%s: no span of its own, the server is below the app', name => {
    const { spanId, traceId } = ours.cases.get(name)!
    const below = ours.spans.filter(span => span.parentSpanId === spanId)
    expect(below.map(span => [span.kind, span.traceId])).toEqual([['SERVER', traceId]])
  })

  test('in the official instrumentation one has a span that never ends', () => {
    const { traceId, spanId } = official.cases.get('WebSocket')!
    const [server] = official.spans.filter(span => span.kind === 'SERVER' && span.traceId === traceId)
    expect(server?.parentSpanId).not.toBe(spanId)
    expect(official.spans.map(span => span.spanId)).not.toContain(server?.parentSpanId)
  })
})

/** What ours tells otherwise: see docs/instrumentations.md. */
const otherwise = [
  'too late',
  'given up for a word',
  'given up for nothing that has a name',
  'WebSocket',
  'WebSocket that is refused',
]
const isSame = (name: string): boolean => !otherwise.includes(name) && name !== 'alone'

test('all else is as the official instrumentation has it', () => {
  const all = (run: Run): object[] =>
    [...run.cases.keys()].filter(isSame).map(name => ({ name, spans: clientsOf(run, name).map(describeSpan) }))
  expect(all(ours)).toEqual(all(official))
})

function describeSpan({ name, status: outcome, scope, attributes, events }: ReceivedSpan): object {
  const { 'url.query': query, 'error.type': error, ...rest } = attributes
  const exceptions = events.map(event => [
    event.name,
    event.attributes['exception.type'],
    String(event.attributes['exception.message']).replace(/:\d{5}\b/, ':port'),
  ])
  const message = outcome.message.replace(/:\d{5}\b/, ':port')
  return { name, code: outcome.code, message, scope: scope.name, rest, error, query: query || undefined, exceptions }
}

describe('the measurements', () => {
  const metricOf = ({ metrics }: Run): ReceivedMetric =>
    metrics.find(({ name, scope }) => name === 'http.client.request.duration' && scope.name.endsWith('undici'))!
  const pointsOf = (run: Run): object[] =>
    metricOf(run).points.map(({ attributes, count }) => ({ ...withoutPorts(attributes), count }))
  const byText = (points: readonly object[]): string[] =>
    points.map(point => JSON.stringify(Object.entries(point).toSorted())).toSorted()

  test('name, unit, description and buckets are those of the official instrumentation', () => {
    const [own, other] = [ours, official].map(run => {
      const { name, unit, description, type, scope, points } = metricOf(run)
      return { name, unit, description, type, scope: scope.name, bounds: points[0]?.buckets?.bounds }
    })
    expect(own).toEqual(other)
    expect(own).toMatchObject({ unit: 's', type: 'histogram', scope: '@opentelemetry/instrumentation-undici' })
  })

  test('and attributes and counts, but for the timeout, and the WebSocket that was refused', () => {
    const [own, other] = [ours, official].map(run => byText(pointsOf(run)))
    expect(own!.filter(point => !other!.includes(point))).toEqual([
      expect.stringContaining('["error.type","TimeoutError"]'),
    ])
    expect(other!.filter(point => !own!.includes(point))).toEqual([
      expect.stringContaining('["error.type","400"]'),
      expect.stringContaining('["error.type",23]'),
    ])
  })

  test('each request is measured once', () => {
    const clients = ours.spans.filter(({ kind }) => kind === 'CLIENT')
    const counts = metricOf(ours).points.map(point => Number('count' in point && point.count))
    expect(counts.reduce((sum, count) => sum + count)).toBe(clients.length)
  })
})
