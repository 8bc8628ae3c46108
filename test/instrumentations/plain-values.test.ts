import { expect, test } from 'vitest'
import { toPlain } from '../../src/instrumentations/plain-values.ts'

test('plain data is copied', () => {
  const bytes = new Uint8Array([1])
  const data = { text: 'a', number: 1, none: null, list: [1, ['x'], { deep: true }], bytes }

  expect(toPlain(data)).toEqual(data)
  expect(toPlain(data)).not.toBe(data)
})

test('what JSON would turn into something is turned into that', () => {
  class Order {
    id = 7
  }

  expect(
    toPlain({
      at: new Date(0),
      url: new URL('http://x/y'),
      order: new Order(),
      big: 10n,
      call: () => {},
      symbol: Symbol.iterator,
    }),
  ).toEqual({ at: '1970-01-01T00:00:00.000Z', url: 'http://x/y', order: { id: 7 }, big: '10' })
})

test('an error inside says what it is, and its cause', () => {
  const cause = new RangeError('inner')
  const error = Object.assign(new TypeError('outer', { cause }), { code: 'E1' })

  expect(toPlain({ error })).toEqual({
    error: {
      code: 'E1',
      name: 'TypeError',
      message: 'outer',
      stack: error.stack,
      cause: { name: 'RangeError', message: 'inner', stack: cause.stack },
    },
  })
})

test('a circle ends where it closes, and what is there twice is there twice', () => {
  const shared = { id: 1 }
  const circle: Record<string, unknown> = { first: shared, second: shared }
  circle['self'] = circle

  expect(toPlain(circle)).toEqual({ first: shared, second: shared, self: '[Circular]' })
})

test('a graph without end is cut off', () => {
  const endless = (): object => Object.defineProperty({}, 'more', { enumerable: true, get: endless })

  const copy = JSON.stringify(toPlain({ endless: endless(), after: 1 }))

  expect(copy).toContain('[...]')
  expect(copy).toContain('"after":1')
  expect(copy.length).toBeLessThan(20_000)
})
