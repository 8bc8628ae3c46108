import { expect, test } from 'vitest'
import { readHttp1 } from '../../src/exporters/read-http1.ts'

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`
const whole = { status: 200, reason: 'OK', body: 'ok', isComplete: true, hasExcess: false, idleMs: 0 }

const answers: Readonly<Record<string, readonly [raw: string, expected: Partial<Found>]>> = {
  'a body of a length': [`${ok}content-length: 2\r\n\r\nok`, whole],
  'a length with zeros in front': [`${ok}content-length: 0002\r\n\r\nok`, whole],
  'an empty body': [`${ok}content-length: 0\r\n\r\n`, { ...whole, body: '' }],
  'a body that is cut off': [`${ok}content-length: 3\r\n\r\nok`, { ...whole, isComplete: false }],
  'a length that no body has': [`${ok}content-length: 9999999999999999999\r\n\r\nok`, { ...whole, isComplete: false }],
  'a body in chunks': [`${chunked}1\r\no\r\n01\r\nk\r\n0\r\n\r\n`, whole],
  'a chunk whose size has letters': [`${chunked}00A\r\n0123456789\r\n0\r\n\r\n`, { ...whole, body: '0123456789' }],
  'chunks with extensions and trailers': [`${chunked}2;a="b;c"\r\nok\r\n0;d\r\nx: y\r\nz:\r\n\r\n`, whole],
  'chunks that are cut off': [`${chunked}2\r\nok\r\n`, { ...whole, isComplete: false }],
  'trailers that are cut off': [`${chunked}2\r\nok\r\n0\r\nx: y\r\n`, { ...whole, isComplete: false }],
  'chunks after another coding': [`${ok}transfer-encoding: gzip, Chunked \r\n\r\n2\r\nok\r\n0\r\n\r\n`, whole],
  'codings in two headers': [
    `${ok}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    whole,
  ],
  'a body until the end': [`${ok}\r\nok`, { ...whole, isComplete: false, isCompleteAtEnd: true }],
  'a body of another coding': [
    `${ok}transfer-encoding: gzip\r\n\r\nok`,
    { ...whole, isComplete: false, isCompleteAtEnd: true },
  ],
  'chunks before another coding': [
    `${ok}transfer-encoding: chunked, gzip\r\n\r\nok`,
    { ...whole, isComplete: false, isCompleteAtEnd: true },
  ],
  '204': ['HTTP/1.1 204 No Content\r\n\r\n', { ...whole, status: 204, reason: 'No Content', body: '' }],
  '304 with the length of what it does not send': [
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n',
    { ...whole, status: 304, reason: 'Not Modified', body: '' },
  ],
  'no reason': ['HTTP/1.1 400\r\ncontent-length: 2\r\n\r\nok', { ...whole, status: 400, reason: '' }],
  'no reason after a space': ['HTTP/1.1 400 \r\ncontent-length: 2\r\n\r\nok', { ...whole, status: 400, reason: '' }],
  'a reason in Latin-1': ['HTTP/1.1 400 \xe9\r\ncontent-length: 2\r\n\r\nok', { ...whole, status: 400, reason: 'é' }],
  'a status that nobody knows': ['HTTP/1.1 999 x\r\ncontent-length: 2\r\n\r\nok', { status: 999, reason: 'x' }],
  'lines before it': [`\r\n\r\n${ok}content-length: 2\r\n\r\nok`, whole],
  'names in capitals, and values without and with blanks around': [
    `${ok}X:y\r\nCONTENT-LENGTH: \t2\t \r\n\r\nok`,
    whole,
  ],
  'what comes before it': [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\ncontent-length: 9\r\n\r\n${ok}content-length: 2\r\n\r\nok`,
    whole,
  ],
  'only what comes before it': ['HTTP/1.1 100 Continue\r\n\r\n', { status: undefined, isComplete: false }],
  'half a head': [`${ok}content-length: 2\r\n`, { status: undefined, isComplete: false }],
  nothing: ['', { status: undefined, isComplete: false }],
  'something after it': [`${ok}content-length: 2\r\n\r\nok\r\n`, { ...whole, hasExcess: true }],
  'a second answer': [`${chunked}2\r\nok\r\n0\r\n\r\n${ok}\r\n`, { ...whole, hasExcess: true }],
  'many headers, of which their names and values count': [
    `${ok}${'x: yyyyyyyyyy\r\n'.repeat(1300)}content-length: 2\r\n\r\nok`,
    whole,
  ],
  'no head too large': [`${ok}x: ${'y'.repeat(16_000)}\r\ncontent-length: 2\r\n\r\nok`, whole],

  'a connection that is closed': [`${ok}Connection: x, Close\r\ncontent-length: 2\r\n\r\nok`, { idleMs: undefined }],
  'a connection that is closed by the second header': [
    `${ok}connection: keep-alive\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok`,
    { idleMs: undefined },
  ],
  'HTTP/1.0': ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', { ...whole, idleMs: undefined }],
  'HTTP/1.0 that keeps connections': [
    'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 2\r\n\r\nok',
    { ...whole, idleMs: 0 },
  ],
  'a connection that is kept for a while': [
    `${ok}keep-alive: timeout=5, max=100\r\ncontent-length: 2\r\n\r\nok`,
    { ...whole, idleMs: 4000 },
  ],
  'a connection that is kept too shortly': [
    `${ok}keep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok`,
    { ...whole, idleMs: undefined },
  ],
  'a connection that is kept for ages': [
    `${ok}keep-alive: timeout=99999999\r\ncontent-length: 2\r\n\r\nok`,
    { ...whole, idleMs: 2 ** 31 - 1 },
  ],
}

test.each(Object.entries(answers))('%s is read, wherever it is split', (_, [raw, expected]) => {
  for (const parts of splits(raw)) expect(read(parts), JSON.stringify(parts)).toMatchObject(expected)
})

const garbage: Readonly<Record<string, readonly [raw: string, words: string]>> = {
  'another protocol': ['SSH-2.0-OpenSSH', 'Expected HTTP/'],
  'another protocol by its fifth letter': ['HTTP ', 'Expected HTTP/'],
  'a blank before it': [` ${ok}`, 'Expected HTTP/'],
  'another version': ['HTTP/1.2 200 OK\r\n', 'Invalid response status'],
  'two digits': ['HTTP/1.1 20 OK\r\n', 'Invalid response status'],
  'four digits': ['HTTP/1.1 2000 OK\r\n', 'Invalid response status'],
  'no blank after the status': ['HTTP/1.1 200OK\r\n', 'Invalid response status'],
  'a carriage return in the reason': ['HTTP/1.1 200 O\rK\r\n', 'Invalid response status'],
  'a line feed alone': ['HTTP/1.1 200 OK\n', 'Missing expected CR'],
  'a line feed alone after a header': [`${ok}x: y\n`, 'Missing expected CR'],
  'no colon': [`${ok}x\r\n`, 'Invalid header token'],
  'no name': [`${ok}: x\r\n`, 'Invalid header token'],
  'a blank before the colon': [`${ok}content-length : 2\r\n`, 'Invalid header token'],
  'a folded header': [`${ok}x: y\r\n z\r\n`, 'Invalid header token'],
  'a carriage return in a value': [`${ok}x: y\rz\r\n`, 'Invalid header value char'],
  'a control character in a value': [`${ok}x: y\0z\r\n`, 'Invalid header value char'],
  'two lengths': [`${ok}content-length: 2\r\ncontent-length: 2\r\n\r\n`, 'Duplicate Content-Length'],
  'a list of lengths': [`${ok}content-length: 2, 2\r\n\r\n`, 'Invalid Content-Length'],
  'a negative length': [`${ok}content-length: -2\r\n\r\n`, 'Invalid Content-Length'],
  'no length': [`${ok}content-length:\r\n\r\n`, 'Invalid Content-Length'],
  'a length beyond all measure': [`${ok}content-length: ${'9'.repeat(30)}\r\n\r\n`, 'Invalid Content-Length'],
  'a length and chunks': [
    `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n`,
    "Transfer-Encoding can't be present with Content-Length",
  ],
  'a switch to another protocol': ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'Nobody asked for another protocol'],
  'a line without end': [`${ok}x: ${'y'.repeat(17_000)}`, 'Header overflow'],
  'headers without end': [`${ok}${`x: ${'y'.repeat(100)}\r\n`.repeat(170)}`, 'Header overflow'],
}

test.each(Object.entries(garbage))('%s is no answer, wherever it is split', (_, [raw, words]) => {
  for (const parts of splits(raw)) {
    expect(read(parts), JSON.stringify(parts)).toMatchObject({ status: undefined, words: `Parse Error: ${words}` })
  }
})

const broken: Readonly<Record<string, readonly [raw: string, words: string]>> = {
  'a size that is none': ['xyz\r\n', 'Invalid character in chunk size'],
  'no size': ['\r\n', 'Invalid character in chunk size'],
  'a size beyond all measure': [`${'f'.repeat(30)}\r\n`, 'Invalid character in chunk size'],
  'a size with an 0x': ['0x2\r\n', 'Invalid character in chunk size'],
  'a chunk that is longer than it says': ['2\r\nokay\r\n', 'Expected CRLF after chunk'],
  'an extension without end': [`2;${'x'.repeat(17_000)}`, 'Header overflow'],
  'a trailer that is none': ['0\r\nx y\r\n', 'Invalid header token'],
  'trailers without end': [`0\r\n${`x: ${'y'.repeat(100)}\r\n`.repeat(170)}`, 'Header overflow'],
}

test.each(Object.entries(broken))('%s breaks a body off, and the status counts', (_, [raw, words]) => {
  for (const parts of splits(`${chunked}1\r\n.\r\n${raw}`)) {
    const expected = { status: 200, isComplete: false, isCompleteAtEnd: false, words: `Parse Error: ${words}` }
    expect(read(parts), JSON.stringify(parts)).toMatchObject(expected)
  }
})

test('the bytes of a body are counted while it comes', () => {
  const answer = readHttp1()
  answer.read(Buffer.from(`${chunked}5\r\n12`))
  expect(answer.bodyBytes).toBe(2)
  answer.read(Buffer.from('345\r\n2\r\n67'))
  expect(answer.bodyBytes).toBe(7)
})

interface Found {
  status: number | undefined
  reason: string | undefined
  idleMs: number | undefined
  body: string
  isComplete: boolean
  isCompleteAtEnd: boolean
  hasExcess: boolean
  words: string | undefined
}

function read(parts: readonly string[]): Found {
  const answer = readHttp1()
  let words: string | undefined
  let isExceeded = false
  try {
    for (const part of parts) {
      if (answer.isComplete) isExceeded = true // a connection hears no more of it
      else answer.read(Buffer.from(part, 'latin1'))
    }
  } catch (error) {
    words = (error as Error).message
  }
  const { head, body, isComplete, hasExcess } = answer
  answer.end()
  return {
    status: head?.status,
    reason: head?.reason,
    idleMs: head?.idleMs,
    body: Buffer.concat(body).toString(),
    isComplete,
    isCompleteAtEnd: answer.isComplete,
    hasExcess: hasExcess || isExceeded,
    words,
  }
}

/** As a whole, byte by byte, and in two parts: at each byte, or at some of a long one. */
function splits(raw: string): readonly (readonly string[])[] {
  const places = Array.from({ length: raw.length }, (_, place) => place)
  const some = raw.length < 500 ? places : places.filter(place => place < 100 || place % 997 === 0)
  return [[raw], raw.split(''), ...some.map(place => [raw.slice(0, place), raw.slice(place)])]
}
