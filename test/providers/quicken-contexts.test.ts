import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { beforeAll, expect, test } from 'vitest'
import { quickenContexts } from '../../src/providers/quicken-contexts.ts'
import { collectGarbage } from '../harness/garbage.ts'
import { Random } from '../harness/random.ts'

const keys = ['a', 'b', 'c', 'd'].map(createContextKey)
/** As the API makes them. */
const slow = ROOT_CONTEXT.setValue(createContextKey('first'), 1).deleteValue(createContextKey('first'))
beforeAll(quickenContexts)

test('contexts hold what the contexts of the API hold, and none changes once it is made', () => {
  const random = new Random(2)
  const pairs: [Context, Context][] = [[ROOT_CONTEXT, slow]]
  for (let round = 0; round < 2000; round++) {
    const [ours, theirs] = random.pick(pairs)
    const key = random.pick(keys)
    const value = random.pick([undefined, null, 0, round, keys[0]])
    const act = (context: Context): Context =>
      round % 3 === 0 ? context.deleteValue(key) : context.setValue(key, value)
    pairs.push([act(ours), act(theirs)])
  }
  const read = (context: Context): unknown[] => keys.map(key => context.getValue(key))
  for (const [ours, theirs] of pairs) expect(read(ours)).toEqual(read(theirs))
})

test('a value that is replaced is let go, in a chain of contexts as long as the process', async () => {
  const replaced: WeakRef<object>[] = []
  let context = ROOT_CONTEXT.setValue(keys[0]!, 'stays')
  for (let round = 0; round < 10; round++) {
    const span = { round }
    replaced.push(new WeakRef(span))
    context = context.setValue(keys[1]!, span)
  }
  await collectGarbage()
  expect(replaced.filter(span => span.deref() !== undefined)).toHaveLength(1)
  expect(keys.slice(0, 2).map(key => context.getValue(key))).toEqual(['stays', { round: 9 }])
})
