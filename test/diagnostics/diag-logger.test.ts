import { diag } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { createDiagLogger, diagLevels } from '../../src/diagnostics/diag-logger.ts'
import type { LogLevel } from '../../src/diagnostics/log-level.ts'
import { createReporter } from '../../src/diagnostics/reporter.ts'

afterEach(() => diag.disable())

function install(level: LogLevel): string[] {
  const lines: string[] = []
  const reporter = createReporter({ level, write: line => lines.push(line.trim()) })
  diag.setLogger(createDiagLogger(reporter), { logLevel: diagLevels[level], suppressOverrideMessage: true })
  lines.length = 0 // the API tells at debug that it has a logger now
  return lines
}

test('what the SDK says about itself is ours to say', () => {
  const lines = install('warn')
  diag.error('export failed', new Error('ECONNREFUSED'), { code: 14 })
  diag.warn('careful')
  diag.info('not at this level')
  diag.createComponentLogger({ namespace: 'http' }).warn('twice', 2)
  expect(lines).toEqual([
    '[@org/otel] OpenTelemetry: export failed ECONNREFUSED { code: 14 }',
    '[@org/otel] OpenTelemetry: careful',
    '[@org/otel] OpenTelemetry: http twice 2',
  ])
})

test('an error that comes back is said once, what was asked for with debug each time', () => {
  const lines = install('debug')
  for (let round = 0; round < 3; round++) {
    diag.error('down')
    diag.debug('sending')
    diag.verbose('not at this level')
  }
  expect(lines.filter(line => line.endsWith('down'))).toHaveLength(1)
  expect(lines.filter(line => line.endsWith('sending'))).toHaveLength(3)
  expect(lines).toHaveLength(4)
})

test('a complaint that comes back with other ids and numbers is said once', () => {
  const lines = install('warn')
  const id = (n: number): string => `${n}`.padStart(32, 'a1')
  for (let n = 1; n <= 100; n++) {
    diag.warn(`Cannot execute the operation on ended Span {traceId: ${id(n)}, spanId: ${id(n).slice(16)}}`)
    diag.warn(`negative value provided to counter: -${n}.5`)
    diag.error(`Invalid attribute '${'x'.repeat(n)}' [${n}, "y"]`)
  }
  expect(lines).toHaveLength(3)
})

test('not more than ten different complaints are said', () => {
  const lines = install('warn')
  for (let n = 0; n < 100; n++) diag.warn(`no metric ${'q'.repeat(n)}`)
  expect(lines).toHaveLength(10)
})

test('at level all even verbose words are said', () => {
  const lines = install('all')
  diag.verbose('everything')
  expect(lines).toEqual(['[@org/otel] OpenTelemetry: everything'])
})

test('an object that cannot be shown is no reason to throw', () => {
  const lines = install('warn')
  const odd = new Proxy(new Error(), {
    get() {
      throw new Error('no')
    },
  })
  expect(() => diag.warn('odd', odd)).not.toThrow()
  expect(lines).toEqual(['[@org/otel] OpenTelemetry: odd something that cannot be shown'])
})
