import { context, propagation, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { SamplingDecision } from '@opentelemetry/sdk-trace'
import { describe, expect, test, vi } from 'vitest'
import { watch as watchOfficial } from '../../../src/instrumentations/lazy/undici-official.ts'
import { watchUndici } from '../../../src/instrumentations/undici/watch-undici.ts'
import { startLab, tell } from './undici-lab.ts'

interface Request {
  readonly method: string
  readonly path: string
}

const parent = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '1'.repeat(32),
  spanId: '2'.repeat(16),
  traceFlags: 1,
})

describe.each([
  ['ours', watchUndici],
  ['official', watchOfficial],
])('options: %s', (_, watch) => {
  test('ignoreRequestHook: neither span nor measurement, and no context goes out', async () => {
    await using lab = await startLab(watch, { ignoreRequestHook: ({ path }: Request) => path === '/health' })
    const headers = await lab.ask('/health')
    expect([lab.spans, await lab.measured(), headers['traceparent']]).toEqual([[], [], undefined])
    await lab.ask()
    expect(lab.spans).toHaveLength(1)
  })

  test('requestHook and responseHook get the span, and what it is about', async () => {
    const told: unknown[] = []
    await using lab = await startLab(watch, {
      requestHook(span: Span, { method, path }: Request) {
        told.push([method, path])
        span.setAttribute('app.request', true)
      },
      responseHook(
        span: Span,
        { request, response }: { request: Request; response: { statusCode: number; headers: Buffer[] } },
      ) {
        told.push([request.path, response.statusCode, response.headers.map(String).includes('x-answer')])
        span.setAttribute('app.response', true)
      },
    })
    await lab.ask()
    expect(told).toEqual([
      ['GET', '/x'],
      ['/x', 200, true],
    ])
    expect(lab.spans[0]?.attributes).toMatchObject({ 'app.request': true, 'app.response': true })
  })

  test('startSpanHook adds attributes before the span starts, over the others', async () => {
    await using lab = await startLab(watch, {
      startSpanHook: ({ path }: Request) => ({ 'app.path': path, 'url.path': '/hidden' }),
    })
    await lab.ask()
    expect(lab.seenAtStart).toMatchObject([{ 'app.path': '/x', 'url.path': '/hidden', 'url.scheme': 'http' }])
    expect(lab.spans[0]?.attributes).toMatchObject({ 'app.path': '/x', 'url.path': '/hidden', 'url.scheme': 'http' })
  })

  test('requireParentforSpans: a span within a span only, and a measurement for each', async () => {
    await using lab = await startLab(watch, { requireParentforSpans: true })
    const headers = await context.with(ROOT_CONTEXT, () => lab.ask())
    expect([lab.spans, headers['traceparent']]).toEqual([[], undefined])
    expect(await lab.measured()).toHaveLength(1)
    await context.with(parent, () => lab.ask())
    expect(lab.spans.map(span => span.parentSpanContext?.spanId)).toEqual(['2'.repeat(16)])
  })

  test('headersToSpanAttributes: the headers that are named, as lists', async () => {
    await using lab = await startLab(watch, {
      headersToSpanAttributes: { requestHeaders: ['X-Mine', 'x-none'], responseHeaders: ['X-Answer'] },
    })
    await lab.ask('/x', { headers: { 'X-Mine': 'a' } })
    const { attributes } = lab.spans[0]!
    expect(attributes).toMatchObject({
      'http.request.header.x-mine': ['a'],
      'http.response.header.x-answer': ['1', '2'],
    })
    expect(attributes).not.toHaveProperty(['http.request.header.x-none'])
  })

  test('hooks that throw change nothing', async () => {
    const fail = vi.fn<() => never>(() => {
      throw new Error('hook')
    })
    await using lab = await startLab(watch, {
      ignoreRequestHook: fail,
      requestHook: fail,
      responseHook: fail,
      startSpanHook: fail,
    })
    const headers = await lab.ask()
    expect(fail).toHaveBeenCalledTimes(4)
    expect(lab.spans).toMatchObject([{ attributes: { 'url.path': '/x', 'http.response.status_code': 200 } }])
    expect(headers['traceparent']).toContain(lab.spans[0]!.spanContext().spanId)
  })

  test('nothing goes out within suppressed tracing', async () => {
    await using lab = await startLab(watch)
    const headers = await context.with(suppressTracing(parent), () => lab.ask())
    expect([lab.spans, headers['traceparent']]).toEqual([[], undefined])
    expect(await lab.measured()).toHaveLength(watch === watchUndici ? 0 : 1)
  })

  test('CONNECT, by which undici reaches through a proxy, has no span', async () => {
    await using lab = await startLab(watch)
    tell({ origin: 'http://proxy.example', method: 'CONNECT', path: '/x', headers: [] })
    expect([lab.spans, await lab.measured()]).toEqual([[], []])
  })

  test('a whole URL for a proxy names the server', async () => {
    await using lab = await startLab(watch)
    const path = 'http://far.example:81/one?a=1&sig=secret'
    tell({ origin: 'http://proxy.example:3128', method: 'GET', path, headers: [] })
    expect(lab.spans[0]?.attributes).toMatchObject({
      'url.full': 'http://far.example:81/one?a=1&sig=REDACTED',
      'url.path': '/one',
      'url.query': 'a=1&sig=REDACTED',
      'server.address': 'far.example',
      'server.port': 81,
    })
    expect(await lab.measured()).toMatchObject([{ 'server.address': 'far.example', 'server.port': 81 }])
  })

  test('what is no URL has no span', async () => {
    await using lab = await startLab(watch)
    tell({ origin: 'nowhere', method: 'GET', path: '/', headers: [] })
    expect(lab.spans).toEqual([])
  })

  test('the undo ends it', async () => {
    const lab = await startLab(watch)
    await lab[Symbol.asyncDispose]()
    tell({ origin: 'http://far.example', method: 'GET', path: '/', headers: [] })
    expect(lab.spans).toEqual([])
  })
})

test('startSpanHook is about spans: neither about measurements, nor asked where there is no span', async () => {
  const startSpanHook = vi.fn<() => object>(() => ({ 'server.address': 'elsewhere' }))
  await using lab = await startLab(watchUndici, { startSpanHook, requireParentforSpans: true })
  await context.with(ROOT_CONTEXT, () => lab.ask())
  expect(startSpanHook).not.toHaveBeenCalled()
  await context.with(parent, () => lab.ask())
  expect(lab.spans).toMatchObject([{ attributes: { 'server.address': 'elsewhere' } }])
  expect(await lab.measured()).toMatchObject([{ 'server.address': '127.0.0.1' }])
})

test('options that are no options change nothing', async () => {
  const none = { ignoreRequestHook: 1, requestHook: 'x', responseHook: {}, startSpanHook: null }
  await using lab = await startLab(watchUndici, {
    ...none,
    requireParentforSpans: 'no',
    headersToSpanAttributes: { requestHeaders: 7, responseHeaders: [1] },
  })
  await lab.ask()
  expect(lab.spans).toHaveLength(1)
})

test('attributes are there at the start where somebody looks at them', async () => {
  await using lab = await startLab(watchUndici, {}, { needsAttributesAtStart: true })
  await lab.ask()
  expect(lab.seenAtStart).toMatchObject([{ 'http.request.method': 'GET', 'url.path': '/x' }])
})

test('a request that is not sampled is measured, and nobody reads its address', async () => {
  await using lab = await startLab(watchUndici, {}, { decision: SamplingDecision.NOT_RECORD })
  const headers = await lab.ask()
  expect([lab.seenAtStart, lab.spans]).toEqual([[{}], []])
  expect(headers['traceparent']).toMatch(/-00$/)
  expect(await lab.measured()).toMatchObject([
    { 'http.request.method': 'GET', 'http.response.status_code': 200, 'network.protocol.version': '1.1' },
  ])
})

describe('headers of a trace that are there already', () => {
  const lines = ['traceparent', 'far', 'TraceState', 'far=1', 'baggage', 'a=far', 'x-mine', '1']
  const inTrace = propagation.setBaggage(parent, propagation.createBaggage({ a: { value: 'near' } }))
  const isOwn = /^00-1{32}-[0-9a-f]{16}-01$/

  test('in a list', async () => {
    await using _ = await startLab(watchUndici)
    const about = { origin: 'http://far.example', method: 'GET', path: '/', headers: [...lines] }
    const { headers } = context.with(inTrace, () => tell(about))
    expect(headers).toEqual(['x-mine', '1', 'traceparent', expect.stringMatching(isOwn), 'baggage', 'a=near'])
  })

  test('in a text, as before undici 6', async () => {
    await using lab = await startLab(watchUndici, { headersToSpanAttributes: { requestHeaders: ['x-mine'] } })
    const text = `${lines.join('\r\n').replace(/(\S+)\r\n(\S+)/g, '$1: $2')}\r\n`
    const about = { origin: 'http://far.example', method: 'GET', path: '/', headers: `user-agent: tea\r\n${text}` }
    const { headers } = context.with(inTrace, () => tell(about))
    expect(headers.split('\r\n')).toEqual([
      'user-agent: tea',
      'x-mine: 1',
      expect.stringMatching(/^traceparent: 00-1{32}-[0-9a-f]{16}-01$/),
      'baggage: a=near',
      '',
    ])
    expect(lab.spans[0]?.attributes['user_agent.original']).toBe('tea')
  })
})

/** Pieces of paths and queries, of the plain kind and of the other. */
const pieces = [
  ['a', 'B-7', '_', '~', '.', '..', '%20', '%2e', '%2E%2e', 'ü', ' ', '"', '<', '{x}', "it's", '|', '^', '`', '\\'],
  ['/', '//', '=', '&', '&&', '+', '*', '?', '#', ':', ';', ',', '@', '!', '$', '(', ')', '[', ']', '%', '%zz'],
  ['token=1', 'sig=2', 'Token=3', '&token=1&token=2', '%74oken=4', 'to+ken=5', 'a=b'],
].flat()
const secret = /(?<=^|&)((?:t|%74)oken|sig|Token)=[^&]*/g

test('any address is described as it was written, without its secrets', async () => {
  const random = createRandom(7)
  await using lab = await startLab(watchUndici)
  for (let round = 0; round < 5000; round++) {
    const piecesOf = (count: number): string =>
      Array.from({ length: random(count) }, () => pieces[random(pieces.length)]).join('')
    const path = `/a${piecesOf(6)}${random(3) > 0 ? `?${piecesOf(8)}` : ''}`
    lab.spans.length = 0
    tell({ origin: 'http://far.example:81', method: 'GET', path, headers: [] })
    const url = new URL(path, 'http://far.example:81')
    const query = url.search.slice(1).replace(secret, '$1=REDACTED')
    expect(lab.spans[0]?.attributes, path).toMatchObject({
      'url.full': `http://far.example:81${url.pathname}${query === '' ? '' : `?${query}`}`,
      'url.path': url.pathname,
    })
    expect(lab.spans[0]?.attributes['url.query'], path).toBe(query === '' ? undefined : query)
  }
})

test('a path that begins with two slashes is no host', async () => {
  await using lab = await startLab(watchUndici)
  tell({ origin: 'http://far.example', method: 'GET', path: '//near.example/x?token=1', headers: [] })
  expect(lab.spans[0]?.attributes).toMatchObject({
    'url.full': 'http://far.example//near.example/x?token=REDACTED',
    'server.address': 'far.example',
  })
})

/** The same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * below)
  }
}
