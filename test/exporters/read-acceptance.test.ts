import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { describe, expect, test } from 'vitest'
import { type OtlpResponse, readAcceptance } from '../../src/exporters/read-acceptance.ts'

const read = (body: Uint8Array | undefined): object =>
  readAcceptance(body, {
    rejectedName: 'rejectedSpans',
    fromProtobuf: bytes => ProtobufTraceSerializer.deserializeResponse(bytes) as OtlpResponse,
  })
const whole = { kind: 'sent', rejected: 0 }

describe('a request that the collector took', () => {
  test.each<[string, Uint8Array | undefined]>([
    ['no body', undefined],
    ['an empty body', new Uint8Array()],
    ['an empty JSON object', Buffer.from('{}')],
    ['an empty partial success', Buffer.from([0x0a, 0x00])],
    ['partialSuccess: null', Buffer.from('{"partialSuccess":null}')],
    ['zero rejected in JSON', Buffer.from('{"partialSuccess":{"rejectedSpans":"0"}}')],
  ])('with %s', (_name, body) => {
    expect(read(body)).toEqual(whole)
  })

  test('in part, in protobuf', () => {
    expect(read(Buffer.concat([Buffer.from([0x0a, 0x06, 0x08, 0x03, 0x12, 0x02]), Buffer.from('no')]))).toEqual({
      kind: 'sent',
      rejected: 3,
      words: 'no',
    })
  })

  test.each([
    ['a number', '{"partialSuccess":{"rejectedSpans":3,"errorMessage":"no"}}'],
    ['a string', '{"partialSuccess":{"errorMessage":"no","rejectedSpans":"3"}}'],
  ])('in part, in JSON with %s', (_name, text) => {
    expect(read(Buffer.from(text))).toEqual({ kind: 'sent', rejected: 3, words: 'no' })
  })

  test.each([
    [
      'a negative one in protobuf',
      Buffer.from([0x0a, 0x0b, 0x08, 0xfb, ...Array.from({ length: 8 }, () => 0xff), 0x01]),
    ],
    ['a negative one in JSON', Buffer.from('{"partialSuccess":{"rejectedSpans":"-5"}}')],
    ['a part of one', Buffer.from('{"partialSuccess":{"rejectedSpans":1.5}}')],
    ['no number', Buffer.from('{"partialSuccess":{"rejectedSpans":true,"errorMessage":{"a":1}}}')],
    ['one of another signal', Buffer.from('{"partialSuccess":{"rejectedDataPoints":3}}')],
    ['one where there should be an object', Buffer.from('{"partialSuccess":"5"}')],
  ])('with a number of records that is %s', (_name, body) => {
    expect(read(body)).toEqual(whole)
  })

  test('with a warning and nothing rejected', () => {
    expect(read(Buffer.from('{"partialSuccess":{"errorMessage":"slow down"}}'))).toEqual({
      ...whole,
      words: 'slow down',
    })
  })

  test.each(['<html>welcome</html>', '{"partialSuccess":', '\u0007\u0007\u0007'])('with %j, which is no OTLP', text => {
    expect(read(Buffer.from(text))).toMatchObject({ ...whole, words: expect.stringContaining('not OTLP') })
  })
})
