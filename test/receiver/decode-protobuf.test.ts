import { expect, test } from 'vitest'
import { decodeProtobuf } from '../../src/receiver/decode-protobuf.ts'
import { loadOfficialOtlp } from './official-otlp.ts'

const root = loadOfficialOtlp()
const logRecord = root.lookupType('opentelemetry.proto.logs.v1.LogRecord')
const anyValue = root.lookupType('opentelemetry.proto.common.v1.AnyValue')
const buckets = root.lookupType('opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets')

test('reads what another library has written from the official definitions', () => {
  const bytes = logRecord.encode({
    timeUnixNano: 1_700_000_000_000_000_000,
    severityNumber: 9,
    severityText: 'INFO',
    body: { kvlistValue: { values: [{ key: 'größe', value: { doubleValue: -0.5 } }] } },
    attributes: [{ key: 'list', value: { arrayValue: { values: [{ intValue: -7 }, { boolValue: true }, {}] } } }],
    flags: 1,
    traceId: Buffer.alloc(16, 0xab),
  })
  expect(decodeProtobuf('LogRecord', Buffer.from(bytes.finish()))).toEqual({
    timeUnixNano: 1_700_000_000_000_000_000n,
    severityNumber: 9,
    severityText: 'INFO',
    body: { kvlistValue: { values: [{ key: 'größe', value: { doubleValue: -0.5 } }] } },
    attributes: [{ key: 'list', value: { arrayValue: { values: [{ intValue: -7n }, { boolValue: true }, {}] } } }],
    traceId: 'ab'.repeat(16),
  })
})

test.for([0n, 1n, 127n, 128n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])('reads the integer %s', integer => {
  const writer = anyValue.encode({ intValue: toLong(integer) })
  expect(decodeProtobuf('AnyValue', Buffer.from(writer.finish()))).toEqual({ intValue: integer })
})

test.for([1, -1, 2 ** 31 - 1, -(2 ** 31)])('reads the zigzag integer %s', offset => {
  const bytes = Buffer.from(buckets.encode({ offset, bucketCounts: [] }).finish())
  expect(decodeProtobuf('Buckets', bytes).offset).toBe(offset)
})

test('reads lists of numbers packed and one by one', () => {
  const packed = Buffer.from(buckets.encode({ bucketCounts: [1, 300, 5] }).finish())
  const oneByOne = Buffer.from([0x10, 1, 0x10, 0xac, 0x02, 0x10, 5])
  for (const bytes of [packed, oneByOne]) {
    expect(decodeProtobuf('Buckets', bytes).bucketCounts).toEqual([1n, 300n, 5n])
  }
})

test('skips fields that it does not know, of every wire type', () => {
  const unknown = [
    [0x80, 0x7d, 0xff, 0x01], // field 2000, varint
    [0x81, 0x7d, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x82, 0x7d, 3, 1, 2, 3],
    [0x85, 0x7d, 1, 2, 3, 4],
  ].flat()
  const known = anyValue.encode({ stringValue: 'x' }).finish()
  expect(decodeProtobuf('AnyValue', Buffer.from([...unknown, ...known, ...unknown]))).toEqual({ stringValue: 'x' })
})

test('skips a known field that comes with another wire type', () => {
  expect(decodeProtobuf('AnyValue', Buffer.from([0x08, 5]))).toEqual({})
})

test('a body that is cut anywhere is either shorter or refused, and never more than that', () => {
  const whole = Buffer.from(
    logRecord.encode({ severityText: 'INFO', body: { stringValue: 'text' }, flags: 3 }).finish(),
  )
  for (let length = 0; length < whole.length; length += 1) {
    try {
      decodeProtobuf('LogRecord', whole.subarray(0, length))
    } catch (error) {
      expect(error).toMatchObject({ name: 'MalformedError' })
    }
  }
})

test('random bytes are decoded or refused with a reason', () => {
  let seed = 1
  const random = () => (seed = (seed * 48_271) % 2_147_483_647)
  for (let round = 0; round < 5000; round += 1) {
    const bytes = Buffer.from(Array.from({ length: random() % 40 }, () => random() % 256))
    try {
      decodeProtobuf('ExportTraceServiceRequest', bytes)
    } catch (error) {
      expect(error).toMatchObject({ name: 'MalformedError' })
    }
  }
})

function toLong(value: bigint): object {
  const unsigned = BigInt.asUintN(64, value)
  return { low: Number(BigInt.asIntN(32, unsigned)), high: Number(BigInt.asIntN(32, unsigned >> 32n)), unsigned: false }
}
