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

/** As BullMQ makes it of what a sandbox tells. */
const fromSandbox = (message: string, stack: string): Error => Object.assign(new Error(), { message, stack })

test.each([
  ['its class', fromSandbox('no', 'RangeError: no\n    at process (file.js:1:1)'), 'RangeError'],
  [
    'its class, after the line of code',
    fromSandbox('no', 'file.js:1\nimport }\n\nSyntaxError: no\n    at x'),
    'SyntaxError',
  ],
  ['its class rather than its code', fromSandbox('no', 'TypeError [ERR_X]: no\n    at x'), 'TypeError'],
  [
    'its code, where it has no class',
    fromSandbox('no', 'Error [ERR_MODULE_NOT_FOUND]: no\n    at x'),
    'ERR_MODULE_NOT_FOUND',
  ],
  ['Error, where only its cause has a class', fromSandbox('no', 'Error: no\nTypeError: because\n    at x'), 'Error'],
  [
    'Error, where its text alone names a class',
    fromSandbox('no RangeError: no', 'Oops: no RangeError: no\n    at x'),
    'Error',
  ],
  ['Error, where another program ended', new Error('Command failed with exit code: 3'), 'Error'],
  ['the signal that ended it', new Error('Unexpected exit code: null signal: SIGKILL'), 'SIGKILL'],
  ['its exit code', new Error('Unexpected exit code: 3 signal: null'), 'EXIT_3'],
  [
    'the signal that ended its start',
    new Error('Error initializing child: Unknown exit code null and signal SIGSEGV'),
    'SIGSEGV',
  ],
])('the type of an error of a sandbox is %s', (_title, thrown, type) => {
  expect(describeError(thrown)).toMatchObject({ type, message: thrown.message })
})

test.each([undefined, null, 5, {}, { card: '4111' }, ['4111'], Object.create(null)])(
  'of a thrown value that is no error nothing is told (%#)',
  thrown => {
    expect(describeError(thrown)).toEqual({ type: '_OTHER', message: `A value of type ${typeof thrown} was thrown` })
  },
)
