import type { Attributes } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { createAttributeKeys, hashAttributes } from '../../src/providers/attribute-keys.ts'
import { collectGarbage } from '../harness/garbage.ts'
import { Random } from '../harness/random.ts'

test.each([{ maxSteps: 4000 }, { maxSteps: 3 }])(
  'equal attributes have one key, however often and in whatever order they come, with $maxSteps steps remembered',
  ({ maxSteps }) => {
    const random = new Random(1)
    const keyOf = createAttributeKeys(maxSteps)
    const values = [
      'GET',
      'POST',
      '',
      '200',
      200,
      0,
      -0,
      Number.NaN,
      true,
      null,
      undefined,
      ['GET'],
      ['POST'],
      { a: 1 },
    ]
    const some = (): Attributes =>
      Object.fromEntries(
        random.list(4, () => [random.pick(['a', 'b', 'c', 'd', '__proto__', '0']), random.pick(values)]),
      )
    for (let round = 0; round < 5000; round++) {
      const attributes = random.pick([some(), Object.freeze(some())])
      expect(keyOf(attributes)).toBe(hashAttributes(attributes))
      expect(keyOf(attributes)).toBe(hashAttributes(attributes))
    }
  },
)

test('attributes that have changed since have another key', () => {
  const keyOf = createAttributeKeys()
  const attributes: Attributes = { route: '/a', list: ['x'] }
  const keys = [keyOf(attributes)]
  attributes['route'] = '/b'
  keys.push(keyOf(attributes))
  ;(attributes['list'] as string[]).push('y')
  keys.push(keyOf(attributes))
  expect(new Set(keys).size).toBe(3)
  expect(keys.at(-1)).toBe(hashAttributes(attributes))
})

test('attributes that are frozen may change all the same, by a getter or in a list', () => {
  const keyOf = createAttributeKeys()
  let count = 0
  const list = ['x']
  const counting = Object.freeze({
    get route() {
      return `/${count++}`
    },
  })
  const listing = Object.freeze({ list })
  const keys = () => [counting, listing].map(attributes => keyOf(attributes))
  const before = keys()
  list.push('y')
  expect(keys()).not.toContain(before[0])
  expect(keys()).not.toContain(before[1])
})

test('what cannot be written out is refused each time', () => {
  const keyOf = createAttributeKeys()
  for (let round = 0; round < 2; round++) expect(() => keyOf({ id: 1n })).toThrow(TypeError)
})

test('values without end are not remembered without end', async () => {
  const keyOf = createAttributeKeys()
  const megabytes = async (): Promise<number> => {
    await collectGarbage()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  const before = await megabytes()
  for (let id = 0; id < 300_000; id++) keyOf({ id })
  expect((await megabytes()) - before).toBeLessThan(10)
  expect(keyOf({ id: 1 })).toBe('[["id",1]]')
})
