import { isSpanContextValid, isValidTraceId } from '@opentelemetry/api'
import { afterEach, expect, test, vi } from 'vitest'
import { createIds } from '../../src/providers/ids.ts'

afterEach(() => void vi.restoreAllMocks())

test('ids are valid, and no two are the same', () => {
  const ids = createIds()
  const contexts = Array.from({ length: 2000 }, () => ({
    traceId: ids.generateTraceId(),
    spanId: ids.generateSpanId(),
    traceFlags: 1,
  }))
  expect(contexts.every(isSpanContextValid)).toBe(true)
  expect(new Set(contexts.map(({ traceId }) => traceId)).size).toBe(2000)
  expect(new Set(contexts.map(({ spanId }) => spanId)).size).toBe(2000)
  const digits = contexts.map(({ traceId, spanId }) => traceId + spanId)
  for (let place = 0; place < 48; place++) expect(new Set(digits.map(id => id[place])).size).toBe(16)
})

test('zero is no id', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => (index < 4 ? 0 : 2 ** -32))
  vi.spyOn(Math, 'random').mockImplementation(() => numbers.shift()!)
  const id = createIds().generateTraceId()
  expect(isValidTraceId(id)).toBe(true)
  expect(numbers).toHaveLength(12)
})
