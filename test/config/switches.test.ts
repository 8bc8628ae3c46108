import { expect, test } from 'vitest'
import { createVariableReader } from '../../src/config/read-variables.ts'
import { isDeferred, isDisabled } from '../../src/config/switches.ts'

const reader = (env: Readonly<Record<string, string>>) => createVariableReader(env, () => {})

test.each<[Record<string, string>, boolean]>([
  [{}, false],
  [{ _OTEL_DEFER_SETUP: 'True' }, true],
  [{ _OTEL_DEFER_SETUP: 'yes' }, false],
  [{ OTEL_NODE_DEFER_SETUP: 'true' }, true],
  [{ OTEL_NODE_DEFER_SETUP: 'false', _OTEL_DEFER_SETUP: 'true' }, false],
  [{ OTEL_NODE_DEFER_SETUP: '', _OTEL_DEFER_SETUP: '"TRUE"' }, true],
])('with %j, set-up is deferred: %j', (env, expected) => expect(isDeferred(reader(env))).toBe(expected))

test('OTEL_SDK_DISABLED is only true when it says so', () => {
  expect(isDisabled(reader({ OTEL_SDK_DISABLED: 'TRUE' }))).toBe(true)
  expect(isDisabled(reader({ OTEL_SDK_DISABLED: '1' }))).toBe(false)
})
