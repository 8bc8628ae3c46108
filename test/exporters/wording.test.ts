import { expect, test } from 'vitest'
import { createWording } from '../../src/exporters/wording.ts'

const basic = Buffer.from('carol:pa ss/word').toString('base64')
const wording = createWording({
  url: 'https://collector/v1/traces?api=query-token&n=1',
  headers: { authorization: `Basic ${basic}`, 'x-key': 'Bearer header-token', short: 'abc' },
})

test.each([
  ['the value of a header', `got Bearer header-token here`],
  ['the token of a header alone', 'bad token: header-token'],
  ['the credentials of the URL, as they are sent', `unknown ${basic}`],
  ['the credentials of the URL, as they were written', 'no user carol:pa ss/word'],
  ['the password alone', 'wrong: pa ss/word'],
  ['a password in an address', 'cannot POST /x?p=pa%20ss%2Fword'],
  ['a token in the query of the endpoint', 'Cannot POST /v1/traces?api=query-token'],
])('%s is hidden where the collector quotes it', (_name, message) => {
  const line = wording('HTTP status 400', message)
  expect(line).toContain('[hidden]')
  for (const secret of ['header-token', basic, 'pa ss', 'pa%20ss', 'query-token']) expect(line).not.toContain(secret)
})

test('what is too short to be a secret stays', () => {
  expect(wording('HTTP status 400', 'abc 1')).toBe('HTTP status 400: abc 1')
})

test('it is one short line, whatever came', () => {
  const line = wording('HTTP status 400', `a\n\u001b[31mb ${'c'.repeat(3_000_000)}`)
  expect(line).toMatch(/^HTTP status 400: a \[31mb c+…$/)
  expect(line.length).toBeLessThan(230)
})
