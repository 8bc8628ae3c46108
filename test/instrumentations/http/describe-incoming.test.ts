import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Attributes } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { describeIncoming } from '../../../src/instrumentations/http/describe-incoming.ts'
import { readHttpOptions } from '../../../src/instrumentations/http/http-options.ts'
import { normalizeMethod } from '../../../src/instrumentations/http/methods.ts'

interface Official {
  getIncomingRequestAttributes(request: IncomingMessage, options: object, diag: object): Attributes
}

const path = '../../../node_modules/@opentelemetry/instrumentation-http/dist/utils.mjs'
const official = (await import(path)) as Official
const secrets = ['token', 'sig']
const options = readHttpOptions({ redactedQueryParamsServer: secrets })

function createRequest(url: string, headers: IncomingHttpHeaders, method = 'GET'): IncomingMessage {
  const socket = { remoteAddress: '10.1.1.1', remotePort: 4711 }
  return { url, headers, method, httpVersion: '1.1', socket } as unknown as IncomingMessage
}

function ours(request: IncomingMessage): Attributes {
  return JSON.parse(JSON.stringify(describeIncoming(request, normalizeMethod(request.method), options)))
}

function theirs(request: IncomingMessage): Attributes {
  const given = { component: 'http', redactedQueryParams: secrets, enableSyntheticSourceDetection: false }
  return JSON.parse(JSON.stringify(official.getIncomingRequestAttributes(request, given, { verbose() {} })))
}

/** Pieces of paths and queries, of the plain kind and of the other. */
const pieces = [
  ['a', 'B-7', '_', '~', '.', '..', '%20', '%2e', '%2E%2e', 'ü', ' ', '"', '<', '{x}', "it's", '|', '^', '`', '\\'],
  ['/', '//', '=', '&', '&&', '+', '*', '?', '#', ':', ';', ',', '@', '!', '$', '(', ')', '[', ']', '%', '%zz'],
  ['token=1', 'sig=2', 'token=', 'token', 'Token=3', 'a=b', '&token=1&token=2', '%74oken=4', 'to+ken=5'],
].flat()

test('any path and query is described as the official instrumentation does', () => {
  const random = createRandom(7)
  for (let round = 0; round < 20_000; round++) {
    const piecesOf = (count: number): string =>
      Array.from({ length: random(count) }, () => pieces[random(pieces.length)]).join('')
    const target = `/a${piecesOf(6)}${random(3) > 0 ? `?${piecesOf(8)}` : ''}`
    if (target.includes('??')) continue // the official one drops the second
    const request = createRequest(target, { host: 'shop' })
    const { 'url.query': query, ...rest } = theirs(request)
    expect(ours(request), target).toEqual(query === '' ? rest : theirs(request)) // an empty query is none
  }
})

describe('whom the client meant, and who it is', () => {
  test.each<IncomingHttpHeaders>([
    {},
    { host: 'shop' },
    { host: 'shop:8080' },
    { host: '[::1]' },
    { host: '[::1]:8080' },
    { host: '' },
    { host: 'shop', 'x-forwarded-host': 'far.example' },
    { host: 'shop', 'x-forwarded-host': 'far.example:90' },
    { host: 'shop', 'x-forwarded-host': 'far.example', 'x-forwarded-proto': 'https' },
    { host: 'shop', 'x-forwarded-for': '10.0.0.9' },
    { host: 'shop', 'x-forwarded-for': '10.0.0.9:77, 10.0.0.1' },
    { host: 'shop', 'x-forwarded-for': '[2001:db8::1]:77' },
    { host: 'shop', 'x-forwarded-for': 'unknown' },
    { host: 'shop', forwarded: 'for=192.0.2.60;proto=https;by=203.0.113.43' },
    { host: 'shop', forwarded: 'for="[2001:db8::1]:4711", for=10.0.0.1' },
    { host: 'shop', forwarded: 'by=10.0.0.1, For=10.0.0.2;Host=far.example;Proto=http' },
    { host: 'shop', forwarded: 'host="far.example:90"', 'x-forwarded-host': 'near.example' },
    { host: 'shop', forwarded: 'for=_hidden' },
    { host: 'shop', forwarded: 'for="a, b";host="far.example";proto=http, for=10.0.0.1;host=near.example' },
    { host: 'shop', forwarded: 'by="a;host=near.example";host=far.example;proto=http' },
    { host: 'shop', forwarded: 'for=10.0.0.1, host=far.example;proto=http' },
  ])('%j', headers => {
    const request = createRequest('/a', headers)
    expect(ours(request)).toEqual(theirs(request))
  })
})

test.each(['GET', 'get', 'QUERY', 'PROPFIND', 'BREW'])('method %s', method => {
  const request = createRequest('/a', { host: 'shop', 'user-agent': 'tea' }, method)
  expect(ours(request)).toEqual(theirs(request))
})

describe('where ours is another', () => {
  test.each([
    ['a path that begins with two slashes is no host', '//far.example/x', {}, { 'url.path': '//far.example/x' }],
    ['a Host that is none leaves the path', '/x?a=1', { host: '[' }, { 'url.path': '/x', 'url.query': 'a=1' }],
    [
      'a port without quotes is told in spite of RFC 7239',
      '/x',
      { forwarded: 'host=far.example:90' },
      { 'server.address': 'far.example', 'server.port': 90 },
    ],
    [
      'of several forwarded hosts it is the first',
      '/x',
      { 'x-forwarded-host': 'a.example, b.example' },
      { 'server.address': 'a.example' },
    ],
  ])('%s', (_, url, headers, expected) => {
    const request = createRequest(url, headers)
    expect(ours(request)).toMatchObject(expected)
    expect(theirs(request)).not.toMatchObject(expected)
  })
})

test.each(['0x50', '1e3', '+80', '-1', '80.0', '', ' ', '123456', 'http'])(
  'a port that is written %j is none',
  port => {
    const attributes = ours(createRequest('/x', { host: `shop:${port}` }))
    expect(attributes['server.address']).toBe('shop')
    expect(attributes).not.toHaveProperty(['server.port'])
  },
)

/** The same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * below)
  }
}
