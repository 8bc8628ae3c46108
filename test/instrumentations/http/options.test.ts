import type { IncomingMessage, RequestOptions } from 'node:http'
import { context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api'
import { type ReadableSpan, SamplingDecision } from '@opentelemetry/sdk-trace'
import { expect, test, vi } from 'vitest'
import { type Lab, startLab } from './http-lab.ts'

const foreign = '00-11111111111111111111111111111111-2222222222222222-01'

function serverOf({ spans }: Lab): ReadableSpan | undefined {
  return spans.find(span => span.kind === SpanKind.SERVER)
}

function clientOf({ spans }: Lab): ReadableSpan | undefined {
  return spans.find(span => span.kind === SpanKind.CLIENT)
}

test('requestHook, responseHook and applyCustomAttributesOnSpan get the span of either side, and what it is about', async () => {
  const called: string[] = []
  const hook =
    (name: string) =>
    (span: Span, ...about: object[]) => {
      span.setAttribute(name, true)
      called.push(`${name} ${about.map(message => message.constructor.name).join(' ')}`)
    }
  await using lab = await startLab({
    requestHook: hook('requestHook'),
    responseHook: hook('responseHook'),
    applyCustomAttributesOnSpan: hook('applyCustomAttributesOnSpan'),
  })
  await lab.ask()
  expect(called.toSorted()).toEqual([
    'applyCustomAttributesOnSpan ClientRequest IncomingMessage',
    'applyCustomAttributesOnSpan IncomingMessage ServerResponse',
    'requestHook ClientRequest',
    'requestHook IncomingMessage',
    'responseHook IncomingMessage',
    'responseHook ServerResponse',
  ])
  const all = { requestHook: true, responseHook: true, applyCustomAttributesOnSpan: true }
  expect(serverOf(lab)?.attributes).toMatchObject(all)
  expect(clientOf(lab)?.attributes).toMatchObject(all)
})

test('a hook of a server runs in the context of its request', async () => {
  const active: (Span | undefined)[] = []
  const note = (): number => active.push(trace.getActiveSpan())
  await using lab = await startLab({
    disableOutgoingRequestInstrumentation: true,
    requestHook: note,
    responseHook: note,
    applyCustomAttributesOnSpan: note,
  })
  await lab.ask()
  const { spanId } = serverOf(lab)!.spanContext()
  expect(active.map(span => span?.spanContext().spanId)).toEqual([spanId, spanId, spanId])
})

test('startIncomingSpanHook and startOutgoingSpanHook add attributes before the span starts, over ours', async () => {
  await using lab = await startLab({
    startIncomingSpanHook: ({ url }: IncomingMessage) => ({ 'app.in': url, 'url.path': '/hidden' }),
    startOutgoingSpanHook: ({ path, method, hostname }: RequestOptions) => ({
      'app.out': `${method} ${hostname} ${path}`,
    }),
  })
  await lab.ask()
  expect(serverOf(lab)?.attributes).toMatchObject({ 'app.in': '/x', 'url.path': '/hidden', 'url.scheme': 'http' })
  expect(clientOf(lab)?.attributes).toMatchObject({ 'app.out': 'GET 127.0.0.1 /x', 'server.address': '127.0.0.1' })
  expect(lab.seenAtStart).toMatchObject([{ 'app.out': 'GET 127.0.0.1 /x' }, { 'app.in': '/x' }])
})

test('ignoreIncomingRequestHook: neither span nor measurement, and nothing below it is traced', async () => {
  await using lab = await startLab({ ignoreIncomingRequestHook: ({ url }: IncomingMessage) => url === '/health' })
  await lab.ask({ path: '/health' })
  expect(serverOf(lab)).toBeUndefined()
  expect(Object.keys(await lab.measured())).toEqual(['http.client.request.duration'])
  await lab.ask()
  expect(serverOf(lab)).toBeDefined()
})

test('ignoreOutgoingRequestHook is told what is asked for: neither span nor measurement, and no context goes out', async () => {
  const told: RequestOptions[] = []
  await using lab = await startLab({
    ignoreOutgoingRequestHook: (options: RequestOptions) => told.push(options) === 1,
  })
  const { headers } = await lab.ask({ method: 'PUT', headers: { 'x-mine': '1' } })
  expect(told[0]).toMatchObject({
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/x',
    method: 'PUT',
    headers: { 'x-mine': '1' },
  })
  expect(clientOf(lab)).toBeUndefined()
  expect(headers['traceparent']).toBeUndefined()
  expect(Object.keys(await lab.measured())).toEqual(['http.server.request.duration'])
})

test.each([
  ['disableIncomingRequestInstrumentation', SpanKind.CLIENT],
  ['disableOutgoingRequestInstrumentation', SpanKind.SERVER],
])('%s leaves the other side', async (option, kind) => {
  await using lab = await startLab({ [option]: true })
  await lab.ask()
  expect(lab.spans.map(span => span.kind)).toEqual([kind])
  expect(Object.keys(await lab.measured())).toHaveLength(1)
})

test('requireParentforIncomingSpans: a span for what comes with a context only, and a measurement for each', async () => {
  await using lab = await startLab({ requireParentforIncomingSpans: true, disableOutgoingRequestInstrumentation: true })
  await lab.ask()
  expect(lab.spans).toEqual([])
  await lab.ask({ headers: { traceparent: foreign } })
  expect(lab.spans.map(span => span.parentSpanContext?.spanId)).toEqual(['2222222222222222'])
  expect(await lab.measured()).toMatchObject({ 'http.server.request.duration': [{}] })
})

test('requireParentforOutgoingSpans: a span within a span only', async () => {
  await using lab = await startLab({ requireParentforOutgoingSpans: true, disableIncomingRequestInstrumentation: true })
  const { headers } = await lab.ask()
  expect([lab.spans, headers['traceparent']]).toEqual([[], undefined])
  const parent = trace.setSpanContext(context.active(), propagatedParent())
  await context.with(parent, () => lab.ask())
  expect(lab.spans.map(span => span.parentSpanContext?.spanId)).toEqual(['2222222222222222'])
})

function propagatedParent(): { traceId: string; spanId: string; traceFlags: number } {
  return { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
}

test('headersToSpanAttributes: the headers that are named, as lists', async () => {
  await using lab = await startLab({
    headersToSpanAttributes: {
      client: { requestHeaders: ['X-Mine'], responseHeaders: ['x-answer'] },
      server: { requestHeaders: ['X-Mine', 'x-none'], responseHeaders: ['X-Answer'] },
    },
  })
  await lab.ask({ headers: { 'x-mine': 'a' } })
  const request = { 'http.request.header.x-mine': ['a'] }
  expect(serverOf(lab)?.attributes).toMatchObject({ ...request, 'http.response.header.x-answer': ['1', '2'] })
  expect(clientOf(lab)?.attributes).toMatchObject({ ...request, 'http.response.header.x-answer': ['1, 2'] })
  expect(serverOf(lab)?.attributes).not.toHaveProperty(['http.request.header.x-none'])
})

test('redactedQueryParams and redactedQueryParamsServer name the secrets of one side each', async () => {
  await using lab = await startLab({ redactedQueryParams: ['out'], redactedQueryParamsServer: ['in'] })
  await lab.ask({ path: '/x?in=1&out=2' })
  expect(serverOf(lab)?.attributes['url.query']).toBe('in=REDACTED&out=2')
  expect(clientOf(lab)?.attributes['url.full']).toMatch(/\/x\?in=1&out=REDACTED$/)
})

test('enableSyntheticSourceDetection: who calls itself a robot is one', async () => {
  await using lab = await startLab({ enableSyntheticSourceDetection: true })
  await lab.ask({ headers: { 'user-agent': 'Googlebot/2.1' } })
  await lab.ask({ headers: { 'user-agent': 'AlwaysOn' } })
  const types = lab.spans.map(span => span.attributes['user_agent.synthetic.type'])
  expect(types).toEqual(['bot', 'bot', 'test', 'test'])
})

test('hooks that throw, and options that are no options, change nothing', async () => {
  const fail = vi.fn<() => never>(() => {
    throw new Error('hook')
  })
  await using lab = await startLab({
    requestHook: fail,
    responseHook: fail,
    applyCustomAttributesOnSpan: fail,
    startIncomingSpanHook: fail,
    startOutgoingSpanHook: fail,
    ignoreIncomingRequestHook: fail,
    ignoreOutgoingRequestHook: fail,
    headersToSpanAttributes: { client: 7, server: { requestHeaders: 'x', responseHeaders: [1] } },
    redactedQueryParams: 'all',
    redactedQueryParamsServer: null,
  })
  await lab.ask({ path: '/x?a=1&token=secret' })
  expect(fail.mock.calls.length).toBe(10)
  expect(lab.spans).toHaveLength(2)
  expect(serverOf(lab)?.attributes).toMatchObject({
    'url.query': 'a=1&token=REDACTED',
    'http.response.status_code': 200,
  })
})

test('attributes are there at the start where somebody looks at them, and are else made for recorded spans only', async () => {
  await using lab = await startLab({}, { needsAttributesAtStart: true })
  await lab.ask()
  expect(lab.seenAtStart).toMatchObject([
    { 'http.request.method': 'GET', 'server.address': '127.0.0.1' },
    { 'http.request.method': 'GET', 'url.path': '/x' },
  ])
})

test('a request that is not sampled is measured, and nobody reads its address', async () => {
  await using lab = await startLab({}, { decision: SamplingDecision.NOT_RECORD })
  const inject = vi.spyOn(propagation, 'inject')
  await lab.ask()
  expect(lab.seenAtStart).toEqual([{}, {}])
  expect(lab.spans).toEqual([])
  expect(inject).toHaveBeenCalledOnce()
  const scheme = { 'http.request.method': 'GET', 'http.response.status_code': 200, 'network.protocol.version': '1.1' }
  expect(await lab.measured()).toMatchObject({
    'http.server.request.duration': [{ ...scheme, 'url.scheme': 'http' }],
    'http.client.request.duration': [{ ...scheme, 'server.address': '127.0.0.1' }],
  })
})

test('a request that brings no context is not searched for one', async () => {
  const extract = vi.spyOn(propagation, 'extract')
  await using lab = await startLab({ disableOutgoingRequestInstrumentation: true })
  await lab.ask()
  expect(extract).not.toHaveBeenCalled()
  await lab.ask({ headers: { traceparent: foreign } })
  expect(extract).toHaveBeenCalledOnce()
})

test('the undo leaves Node as it was', async () => {
  const { IncomingMessage: Incoming, ServerResponse: Response } = process.getBuiltinModule('node:http')
  const { Server } = process.getBuiltinModule('node:net')
  const owners = [Incoming.prototype, Response.prototype, Server.prototype]
  const own = (): boolean[] => owners.map(prototype => Object.hasOwn(prototype, 'emit'))
  {
    await using lab = await startLab()
    await lab.ask()
    expect(own()).toEqual([true, true, true])
  }
  expect(own()).toEqual([false, false, false])
})
