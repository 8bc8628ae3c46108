import { describe, expect, test } from 'vitest'
import { endpoint } from '../../src/config/parse-endpoint.ts'
import { attributes, headers } from '../../src/config/parse-pairs.ts'
import {
  boolean,
  listOf,
  maxTimerMs,
  milliseconds,
  names,
  oneOf,
  type Parser,
  ratio,
  timeout,
  wholeNumber,
} from '../../src/config/parsers.ts'

const none = undefined

/** What became of a text: its value, and what was said about it. */
function read<Value>({ parse }: Parser<Value>, text: string): [Value | undefined, ...string[]] {
  const { value, flaws } = parse(text)
  return [value, ...flaws.map(({ seen, instead }) => (instead === undefined ? seen : `${seen}; ${instead}`))]
}

describe('a boolean', () => {
  test.each([
    ['true', true],
    ['TRUE', true],
    ['True', true],
    ['false', false],
    ['FALSE', false],
  ])('%s is %s', (text, value) => expect(read(boolean, text)).toEqual([value]))

  test.each(['1', 'yes', 'on', '0', 'truee'])('%s is false, and told', text =>
    expect(read(boolean, text)).toEqual([false, `is "${text}"; using false`]),
  )
})

describe('a whole number', () => {
  const size = wholeNumber({ min: 1, max: 100 })

  test.each([
    ['1', 1],
    ['100', 100],
    ['007', 7],
    ['+5', 5],
  ])('%s is %s', (text, value) => expect(read(size, text)).toEqual([value]))

  test.each(['0', '-3', '101', '1.5', '1e1', '0x10', 'NaN', 'Infinity', '5s', '5_0', '1,000', '٣', '9'.repeat(400)])(
    '%s is not one',
    text => {
      const { value, flaws } = size.parse(text)
      expect(value).toBe(none)
      expect(flaws).toHaveLength(1)
      expect(flaws[0]!.seen.length).toBeLessThan(80)
    },
  )

  test('no number is so large that it loses its last digits', () => {
    expect(read(wholeNumber({ min: 1 }), '9007199254740993')).toEqual([none, 'is "9007199254740993"'])
  })
})

describe('a time', () => {
  test('0 is no limit for what may take time', () => expect(read(timeout, '0')).toEqual([maxTimerMs]))
  test('0 is no wait for what is waited for', () => expect(read(milliseconds({ min: 0 }), '0')).toEqual([0]))
  test('0 is no interval', () => expect(read(milliseconds({ min: 1 }), '0')).toEqual([none, 'is "0"']))
  test('what no timer can hold is refused', () =>
    expect(read(timeout, '2147483648')).toEqual([none, 'is "2147483648"']))
  test('a negative time is refused', () => expect(read(timeout, '-1')).toEqual([none, 'is "-1"']))
})

describe('a ratio', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['1.0', 1],
  ])('%s is %s', (text, value) => expect(read(ratio, text)).toEqual([value]))

  test.each(['1.01', '-0.1', '50%', '0,5', '.', 'half', '1e5', '0x1'])('%s is not one', text =>
    expect(read(ratio, text)).toEqual([none, `is "${text}"`]),
  )
})

describe('a word out of several', () => {
  const protocol = oneOf(['http/protobuf', 'grpc'])
  test('is taken in any case', () => expect(read(protocol, 'HTTP/Protobuf')).toEqual(['http/protobuf']))
  test('is refused if it is another', () => expect(read(protocol, 'http')).toEqual([none, 'is "http"']))
  test('is refused if it is one that every object has', () =>
    expect(read(protocol, '__proto__')).toEqual([none, 'is "__proto__"']))
})

describe('a list of words', () => {
  const exporter = listOf(['otlp', 'console', 'zipkin'])

  test.each([
    ['otlp', ['otlp']],
    ['OTLP', ['otlp']],
    ['console, otlp', ['console', 'otlp']],
    ['otlp,otlp,,', ['otlp']],
    ['none', []],
    ['None,NONE', []],
  ])('%s is %j', (text, value) => expect(read(exporter, text)).toEqual([value]))

  test('a word that we do not know costs no other', () =>
    expect(read(exporter, 'otlp,jaeger')).toEqual([['otlp'], 'contains "jaeger"; ignoring that entry']))

  test('none beside others does not count', () =>
    expect(read(exporter, 'none,console')).toEqual([['console'], 'contains "none"; ignoring that entry']))

  test.each(['jaeger', 'jaeger,none', ',', 'otlp;console'])('%s leaves nothing, so that the default applies', text =>
    expect(read(exporter, text)).toEqual([none, `is "${text}"`]),
  )
})

test('names are taken as they are, each once', () => {
  expect(read(names, ' pg, Http ,pg,')).toEqual([['pg', 'Http']])
  expect(read(names, ' , ,')).toEqual([none, 'is " , ,"'])
})

describe('headers', () => {
  test.each([
    ['Authorization=Bearer%20x', { authorization: 'Bearer x' }],
    ['Authorization=Basic dXNlcjpwYXNz', { authorization: 'Basic dXNlcjpwYXNz' }],
    [
      'Authorization=Bearer%20xaat-XXXX,X-Axiom-Dataset=docs',
      { authorization: 'Bearer xaat-XXXX', 'x-axiom-dataset': 'docs' },
    ],
    [' a = 1 , b = 2 ,, ', { a: '1', b: '2' }],
    ['x=1;y=2', { x: '1;y=2' }],
    ['key=dGVzdA==', { key: 'dGVzdA==' }],
    ['api-key=1,API-KEY=2', { 'api-key': '2' }],
    ['a=%C3%A9', { a: 'é' }],
  ])('%s', (text, value) => expect(read(headers, text)).toEqual([value]))

  test.each([
    ['a=1,b=%zz,c=3', { a: '1', c: '3' }, 'has an entry "b" whose value is not percent-encoded text'],
    ['Bearer token', {}, 'has an entry (number 1) without "="'],
    ['a=1,=2', { a: '1' }, 'has an entry (number 2) without a valid header name'],
    ['Bearer abc=1', {}, 'has an entry (number 1) without a valid header name'],
    ['"Authorization=Bearer x"', {}, 'has an entry (number 1) without a valid header name'],
    ['a=1%0d%0ab:2', {}, 'has a header "a" with characters that a header cannot carry'],
    ['a=1%00', {}, 'has a header "a" with characters that a header cannot carry'],
    ['a=%E2%82%AC', {}, 'has a header "a" with characters that a header cannot carry'],
    ['c2VjcmV0c2VjcmV0=', {}, 'has an entry (number 1) without a value'],
    ['%zz=1', {}, 'has an entry (number 1) whose key is not percent-encoded text'],
  ])('%s is told without its value', (text, value, flaw) =>
    expect(read(headers, text)).toEqual([value, `${flaw}; ignoring that entry`]),
  )

  test('a header by the name of __proto__ is only a header', () => {
    const { value } = headers.parse('__proto__=1')
    expect(Object.entries(value!)).toEqual([['__proto__', '1']])
  })
})

describe('resource attributes', () => {
  test.each([
    ['service.name=a,deployment.environment=prod', { 'service.name': 'a', 'deployment.environment': 'prod' }],
    ['a=1%2C2%3D3', { a: '1,2=3' }],
    ['a=b=c', { a: 'b=c' }],
    ['empty=', { empty: '' }],
    [`long=${'x'.repeat(300)}`, { long: 'x'.repeat(300) }],
    ['Case=Kept', { Case: 'Kept' }],
  ])('%s', (text, value) => expect(read(attributes, text)).toEqual([value]))

  test('one broken pair costs no other', () =>
    expect(read(attributes, 'a=1,b=%,c,=d,e=5')).toEqual([
      { a: '1', e: '5' },
      'has an entry "b" whose value is not percent-encoded text; ignoring that entry',
      'has an entry (number 3) without "="; ignoring that entry',
      'has an entry (number 4) without a key; ignoring that entry',
    ]))
})

describe('an endpoint', () => {
  test.each([
    ['http://collector:4318', 'http://collector:4318/'],
    ['HTTPS://Collector.Example.com/otlp', 'https://collector.example.com/otlp'],
    ['http://h:1/?tok=1', 'http://h:1/?tok=1'],
    ['http://h/#x', 'http://h/'],
    ['http://[::1]:4318', 'http://[::1]:4318/'],
  ])('%s is %s', (text, value) => expect(read(endpoint, text)).toEqual([value]))

  test.each([
    ['collector:4318', 'http://collector:4318'],
    ['localhost:4317', 'http://localhost:4317'],
    ['//collector:4318', 'http://collector:4318'],
    ['https:/collector:4318', 'https://collector:4318'],
    ['http:collector:4318', 'http://collector:4318'],
    ['10.0.0.1:4318/otlp', 'http://10.0.0.1:4318/otlp'],
    ['[::1]:4318', 'http://[::1]:4318'],
    ['collector', 'http://collector'],
    ['api.example.com:443', 'https://api.example.com'],
  ])('%s is understood as %s, and told', (text, url) => {
    const [value, ...flaws] = read(endpoint, text)
    expect(value?.replace(/\/$/, '')).toBe(url)
    expect(flaws).toEqual([`is "${text}"; using ${url}`])
  })

  test.each([
    'http://',
    'http://a b',
    'ftp://h',
    'grpc://h:4317',
    'unix:///x',
    'http:///v1',
    'http:',
    'a b',
    'h:99999',
    '::',
  ])('%s is refused', text => expect(read(endpoint, text)).toEqual([none, `is "${text}"`]))

  test.each([
    'ftp://user:secret@h',
    'user:secret@h h',
    'http://user:sec/ret@a b',
    'ftp://h/?token=secret',
    'user:secret@h:4318',
  ])('%s keeps its secret', text => {
    const words = JSON.stringify(endpoint.parse(text).flaws)
    expect(words).not.toMatch(/sec|ret|user/)
    expect(endpoint.parse(text).flaws).toHaveLength(1)
  })
})
