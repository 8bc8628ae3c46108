import { expect, test } from 'vitest'
import { environmentGetter, environmentName, environmentSetter } from '../../src/config/environment-carrier.ts'

test.each([
  ['traceparent', 'TRACEPARENT'],
  ['x-b3-traceid', 'X_B3_TRACEID'],
  ['a.b c', 'A_B_C'],
  ['3scale', '_3SCALE'],
  ['ünicode', '_NICODE'],
  ['', '_'],
])('the field "%s" is the variable %s', (field, name) => expect(environmentName(field)).toBe(name))

test('what is written under a field is read under it, and other variables are none of a carrier', () => {
  const carrier: Record<string, string> = { Path: '/bin', npm_config_x: '1' }
  environmentSetter.set(carrier, 'x-b3-traceid', 'value')
  expect(carrier['X_B3_TRACEID']).toBe('value')
  expect(environmentGetter.get(carrier, 'x-b3-traceid')).toBe('value')
  expect(environmentGetter.keys(carrier)).toEqual(['X_B3_TRACEID'])
})

test('an empty value is not written', () => {
  const carrier: Record<string, string> = {}
  environmentSetter.set(carrier, 'tracestate', '')
  expect(carrier).toEqual({})
})
