import { SeverityNumber } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { severityOfName, severityOfNumber } from '../../src/instrumentations/log-severity.ts'

test.each([
  [10, SeverityNumber.TRACE],
  [20, SeverityNumber.DEBUG],
  [30, SeverityNumber.INFO],
  [40, SeverityNumber.WARN],
  [50, SeverityNumber.ERROR],
  [60, SeverityNumber.FATAL],
])('level %i is a level of OpenTelemetry', (level, severity) => {
  expect(severityOfNumber(level)).toBe(severity)
})

test.each([
  [0, SeverityNumber.TRACE2],
  [11, SeverityNumber.TRACE2],
  [35, SeverityNumber.INFO3],
  [39, SeverityNumber.INFO4],
  [70, SeverityNumber.FATAL4],
  [Number.POSITIVE_INFINITY, SeverityNumber.FATAL4],
])('level %d has the nearest place', (level, severity) => {
  expect(severityOfNumber(level)).toBe(severity)
})

test.each([
  ['error', SeverityNumber.ERROR],
  ['warn', SeverityNumber.WARN],
  ['warning', SeverityNumber.WARN],
  ['emerg', SeverityNumber.FATAL3],
  ['notice', SeverityNumber.INFO2],
  ['http', SeverityNumber.DEBUG3],
  ['silly', SeverityNumber.TRACE],
  ['something else', SeverityNumber.UNSPECIFIED],
])('"%s" has the severity that it has elsewhere', (level, severity) => {
  expect(severityOfName(level)).toBe(severity)
})
