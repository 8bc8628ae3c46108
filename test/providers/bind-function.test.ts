import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { InitialContextManager } from '../../src/providers/initial-context.ts'

const manager = new InitialContextManager(ROOT_CONTEXT, () => 0)
const here = ROOT_CONTEXT.setValue(createContextKey('place'), 'here')

test.each([
  () => {},
  (_1: unknown) => {},
  (_1: unknown, _2: unknown) => {},
  (_1: unknown, _2: unknown, _3: unknown) => {},
  (_1: unknown, _2: unknown, _3: unknown, _4: unknown) => {},
])('a function that is bound has the length that it had: %s', target => {
  expect(manager.bind(here, target)).toHaveLength(target.length)
})

test('it is called in its context, with what it was called with, and its result comes back', () => {
  const seen: unknown[] = []
  function target(this: unknown, ...args: unknown[]): Context {
    seen.push(this, args)
    return manager.active()
  }
  const bound = manager.bind(here, target)
  const self = { bound }
  expect(self.bound(1, undefined)).toBe(here)
  expect(manager.with(here, () => bound.call(self))).toBe(here)
  expect(seen).toEqual([self, [1, undefined], self, []])
  expect(manager.active()).toBe(ROOT_CONTEXT)
})

test('what it throws is thrown', () => {
  const bound = manager.bind(here, () => {
    throw new Error('its own')
  })
  expect(bound).toThrow('its own')
})
