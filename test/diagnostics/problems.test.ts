import { expect, test } from 'vitest'
import { createProblem, severityOf } from '../../src/diagnostics/problems.ts'

test('a problem has its code and the words of the catalogue', () => {
  const facts = { name: 'OTEL_X', seen: 'is "a"', expected: 'b', instead: 'using c' }
  expect(createProblem('bad-value', facts)).toEqual({
    code: 'bad-value',
    message: 'OTEL_X is "a", expected b; using c',
  })
})

test('a code that the catalogue does not have is a warning', () => {
  expect(severityOf('setup-failed')).toBe('error')
  expect(severityOf('constructor')).toBe('warn')
})
