import { beforeAll, describe, expect, test } from 'vitest'
import type { ReceivedSpan } from '../../src/testing.ts'
import { type CasesRun, runCases } from '../harness/run-cases.ts'
import { localhostCertificate } from '../harness/localhost-certificate.ts'

const status = 'http.response.status_code'

interface Case {
  readonly name: string
  readonly spanId: string
  readonly heard: readonly { readonly at: string; readonly spanId: string | null }[]
  /** The headers of a trace that came to the server, where the case is about them. */
  readonly traces?: { readonly traceparent: readonly string[]; readonly tracestate: readonly string[] }
}

type Run = CasesRun<Case>

let ours: Run
let official: Run

beforeAll(async () => {
  ;[ours, official] = await Promise.all([run({}), run({ OTEL_INSTRUMENTATION_HTTP_OFFICIAL: 'true' })])
}, 60_000)

async function run(env: Readonly<Record<string, string>>): Promise<Run> {
  const { key: KEY, cert: CERT } = localhostCertificate
  return runCases<Case>('http/client-cases.mjs', { OTEL_SERVICE_NAME: 'http-client', KEY, CERT, ...env })
}

/** The client spans of a case, without the ports and addresses that differ from run to run. */
function clientsOf({ cases, spans }: Run, name: string): ReceivedSpan[] {
  const own = spans.filter(span => span.kind === 'CLIENT' && span.parentSpanId === cases.get(name)!.spanId)
  return own.map(span => ({ ...span, attributes: withoutPorts(span.attributes) }))
}

function withoutPorts(attributes: ReceivedSpan['attributes']): ReceivedSpan['attributes'] {
  const entries = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'number' && value > 10_000 ? 'port' : value,
  ])
  const url = String(attributes['url.full']).replace(/:\d{5}\b/, ':port')
  return { ...Object.fromEntries(entries), 'url.full': url }
}

test('nothing is heard of us', () => expect(ours.stderr).toBe(''))

test('what a request tells of is heard in the context in which it was made', () => {
  for (const { name, spanId, heard } of ours.cases.values()) {
    if (name === 'waiting for one connection') continue
    expect(
      heard.filter(event => event.spanId !== spanId).map(event => event.at),
      name,
    ).toEqual([])
  }
  expect(ours.cases.get('get')?.heard.length).toBeGreaterThan(4)
  expect(ours.cases.get('waiting for one connection')?.heard).toEqual(Array.from({ length: 9 }, () => true))
})

test.each(['headers of another trace', 'list of headers of another trace'])(
  '%s make room for ours, as a whole',
  name => {
    const [{ traceId, spanId }] = clientsOf(ours, name) as [ReceivedSpan]
    expect(ours.cases.get(name)?.traces).toEqual({ traceparent: [`00-${traceId}-${spanId}-01`], tracestate: [] })
  },
)

describe('one span for each request', () => {
  const expected: Record<string, { readonly name?: string; readonly error?: string; readonly attributes?: object }> = {
    get: { attributes: { 'url.full': 'http://127.0.0.1:port/one?a=b&token=REDACTED', [status]: 200 } },
    'strange method': { name: 'PROPFIND', attributes: { 'http.request.method': '_OTHER' } },
    HEAD: { name: 'HEAD' },
    'not found': { error: '404', attributes: { [status]: 404 } },
    failed: { error: '500', attributes: { [status]: 500 } },
    hints: { attributes: { [status]: 200 } },
    'Expect: 100-continue': { name: 'POST', attributes: { [status]: 200 } },
    'nobody reads': { attributes: { [status]: 200 } },
    upgrade: { attributes: { [status]: 101 } },
    connect: { name: 'CONNECT', attributes: { [status]: 200, 'url.full': 'http://far.example:443' } },
    https: { attributes: { 'url.full': 'https://127.0.0.1:port/one', 'server.port': 'port' } },
    'not trusted': { error: 'Error' },
    'whole URL for a proxy': { attributes: { 'url.full': 'http://far.example:81/one?sig=REDACTED' } },
    'URL with a password': { attributes: { 'url.full': 'http://127.0.0.1:port/one' } },
    'Host of another': { attributes: { 'url.full': 'http://127.0.0.1:port/one', 'server.port': 'port' } },
    'list of headers': { attributes: { 'user_agent.original': 'tea', 'server.port': 'port' } },
    'reset connection': { error: 'Error' },
    'refused connection': { error: 'Error', attributes: { 'server.port': 1 } },
    'refused, with the Host of another': { error: 'Error', attributes: { 'url.full': 'http://127.0.0.1:1/one' } },
    'unknown host': { error: 'Error', attributes: { 'server.address': 'nobody.invalid' } },
    'answer that breaks off': { error: 'Error', attributes: { [status]: 200 } },
    'given up before the answer': { error: 'Error' },
    'given up in the answer': { attributes: { [status]: 200 } },
    'request that is given up in the answer': { attributes: { [status]: 200 } },
    'request that is given up when it is refused': { error: '401', attributes: { [status]: 401 } },
    'too late': { error: 'TypeError' },
    'given up by a signal': { error: 'AbortError', attributes: { [status]: 200 } },
    IPv6: { attributes: { 'server.address': '::1', 'url.full': 'http://[::1]:port/one' } },
  }
  test.each(Object.entries(expected))('%s', (name, { name: spanName = 'GET', error, attributes = {} }) => {
    if (name === 'IPv6' && ours.cases.get(name)?.heard.length === 0) return // this machine has none
    const [span, ...others] = clientsOf(ours, name)
    expect(others).toEqual([])
    expect(span).toMatchObject({
      name: spanName,
      status: { code: error === undefined ? 'UNSET' : 'ERROR' },
      attributes,
    })
    expect(span?.attributes['error.type']).toBe(error)
  })

  test('a connection that is kept serves two', () => expect(clientsOf(ours, 'connection that is kept')).toHaveLength(2))

  test('what never became a request has none, and throws what it threw', () => {
    const { heard = [] } = ours.cases.get('nothing to ask') ?? {}
    expect(heard.map(event => event.at)).toEqual([
      'ERR_INVALID_URL',
      'ERR_UNESCAPED_CHARACTERS',
      'ERR_INVALID_PROTOCOL',
    ])
    expect(clientsOf(ours, 'nothing to ask')).toEqual([])
  })

  test('and one measurement', () => {
    const [metric, ...others] = ours.metrics.filter(({ name }) => name === 'http.client.request.duration')
    expect(others).toEqual([])
    const counts = metric!.points.map(point => Number('count' in point && point.count))
    const clients = ours.spans.filter(span => span.kind === 'CLIENT')
    expect(counts.reduce((sum, count) => sum + count)).toBe(clients.length)
  })
})

/** What ours tells otherwise: see docs/instrumentations.md. */
const otherwise = [
  'upgrade',
  'connect',
  'whole URL for a proxy',
  'URL with a password',
  'list of headers',
  'headers of another trace',
  'list of headers of another trace',
  'request that is given up when it is refused',
  'answer that breaks off',
  'nothing to ask',
  'waiting for one connection',
  'IPv6',
]

test('all else is as the official instrumentation has it', () => {
  const all = ({ cases, ...rest }: Run): object[] =>
    [...cases.keys()]
      .filter(name => !otherwise.includes(name))
      .map(name => ({ name, spans: clientsOf({ cases, ...rest }, name).map(outcomeOf) }))
  expect(all(ours)).toEqual(all(official))
})

function outcomeOf({ name, status: outcome, attributes, events }: ReceivedSpan): object {
  return { name, outcome, attributes, events: events.map(event => event.name) }
}
