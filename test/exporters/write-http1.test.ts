import { expect, test } from 'vitest'
import { writeHttp1 } from '../../src/exporters/write-http1.ts'

test('a request has its path with the query, a host, a connection that stays, and its headers', () => {
  const lines = [
    'POST /v1/traces?key=a%20b HTTP/1.1',
    'host: collector:4318',
    'connection: keep-alive',
    'x-team: a',
    '',
    '',
  ]
  expect(writeHttp1(new URL('http://collector:4318/v1/traces?key=a%20b#part'), { 'x-team': 'a' })).toBe(
    lines.join('\r\n'),
  )
})

test.each([
  ['http://collector', 'collector'],
  ['http://collector:80/', 'collector'],
  ['https://collector:443/', 'collector'],
  ['https://collector:80/', 'collector:80'],
  ['http://[::1]:4318/', '[::1]:4318'],
  ['http://[::1]/', '[::1]'],
])('the host of %s is %s', (url, host) => {
  expect(writeHttp1(new URL(url), {})).toMatch(`\r\nhost: ${host}\r\n`)
})

test('the user of a URL is told, in the way that it is not written there', () => {
  const head = writeHttp1(new URL('http://us%20er:p%40ss%C3%A9@collector/'), {})
  expect(head).toContain(`\r\nauthorization: Basic ${Buffer.from('us er:p@ssé').toString('base64')}\r\n`)
  expect(writeHttp1(new URL('http://user@collector/'), {})).toContain(`: Basic ${btoa('user:')}\r\n`)
  expect(() => writeHttp1(new URL('http://%ff@collector/'), {})).toThrow('URI malformed')
})

test('what is configured counts: host, authorization and connection', () => {
  const headers = { host: 'other', authorization: 'Bearer x', connection: 'close' }
  expect(writeHttp1(new URL('http://user:secret@collector/'), headers)).toBe(
    'POST / HTTP/1.1\r\nhost: other\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n',
  )
})

test('the body has a length, whatever is configured', () => {
  expect(writeHttp1(new URL('http://collector/'), { 'transfer-encoding': 'chunked' })).not.toContain('chunked')
})

test.each(['', 'a b', 'a:b', 'é', 'a\r\nb'])('the name %j is refused', name => {
  const words = `Header name must be a valid HTTP token [${JSON.stringify(name)}]`
  expect(() => writeHttp1(new URL('http://collector/'), { [name]: 'x' })).toThrow(words)
})

test.each(['secret\r\nx: y', 'secret\n', 'secret\r', 'secret\0', 'secret\u007f', 'secret€'])(
  'the value %j is refused, and not told',
  value => {
    const words = 'Invalid character in header content ["x-key"]'
    expect(() => writeHttp1(new URL('http://collector/'), { 'x-key': value })).toThrow(new TypeError(words))
  },
)

test.each(['', ' a\tb ', '\x80\xff'])('the value %j is not refused', value => {
  expect(writeHttp1(new URL('http://collector/'), { 'x-key': value })).toContain(`x-key: ${value}\r\n`)
})
