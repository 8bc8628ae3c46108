import { expect, test } from 'vitest'
import { describeError } from '../../../src/instrumentations/bullmq/error.ts'

class OutOfStock extends Error {}
class Named extends Error {
  override name = 'CustomName'
}

test.each([
  ['its class', new RangeError('no'), 'RangeError'],
  ['its class, where that has not set a name', new OutOfStock('no'), 'OutOfStock'],
  ['its name', new Named('no'), 'CustomName'],
  ['its code, where it has nothing else', Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ['Error, where its code is a sentence', Object.assign(new Error('no'), { code: 'no such thing' }), 'Error'],
  ['Error, where there is nothing to tell', new Error('no'), 'Error'],
  ['its name, as it comes from another process', { name: 'RangeError', message: 'no' }, 'RangeError'],
  ['other, for a text', 'no', '_OTHER'],
])('the type of an error is %s', (_title, thrown, type) => {
  expect(describeError(thrown)).toMatchObject({ type, message: 'no' })
})

test.each([undefined, null, 5, {}, { card: '4111' }, ['4111'], Object.create(null)])(
  'of a thrown value that is no error nothing is told (%#)',
  thrown => {
    expect(describeError(thrown)).toEqual({ type: '_OTHER', message: `A value of type ${typeof thrown} was thrown` })
  },
)
