import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { expect, test } from 'vitest'
import { BunyanInstrumentation } from '../../src/instrumentations/bunyan.ts'
import { createDestination, idsOf, inSpan, load, watch } from './log-lab.ts'

/** As much of bunyan, which brings no types, as is used here. */
interface Logger {
  child(fields: object): Logger
  info(...args: unknown[]): void
  warn(...args: unknown[]): void
  error(...args: unknown[]): void
}
const bunyan: { createLogger(options: object): Logger } = load('bunyan')

test('a line of an active span carries its ids, and becomes one record of that span', () => {
  const stream = createDestination()
  const logger = bunyan.createLogger({ name: 'shop', stream }).child({ component: 'cart' })
  const seen = watch(new BunyanInstrumentation())

  const span = inSpan(() => logger.warn({ order: { id: 7 }, at: new Date(0) }, 'taken by %s', 'Ada'))

  expect(stream.lines()).toEqual([expect.objectContaining({ ...idsOf(span), msg: 'taken by Ada' })])
  const attributes = { name: 'shop', component: 'cart', order: { id: 7 }, at: '1970-01-01T00:00:00.000Z' }
  expect(seen.records()).toEqual([{ body: 'taken by Ada', severity: 'warn 13', attributes, spanId: span.spanId }])
  expect(seen.timestamps()).toEqual([Date.parse(String(stream.lines()[0]?.['time']))])
})

test('a line for several streams is one record, and a line for none is none', () => {
  const seen = watch(new BunyanInstrumentation())
  const records: object[] = []
  const raw = { write: (record: object) => void records.push(record) }
  const streams = [
    { stream: createDestination() },
    { stream: createDestination() },
    { type: 'raw', stream: raw },
    { level: 'error', stream: createDestination() },
  ]
  const logger = bunyan.createLogger({ name: 'shop', streams })

  const span = inSpan(() => logger.info('once'))
  bunyan.createLogger({ name: 'shop', level: 'error', stream: createDestination() }).info('not wanted')

  expect(seen.bodies()).toEqual(['once'])
  expect(records).toMatchObject([idsOf(span)])
})

test('fields of the app win over ids of the same name', () => {
  const stream = createDestination()
  watch(new BunyanInstrumentation())

  const span = inSpan(() => bunyan.createLogger({ name: 'shop', stream }).info({ trace_id: 'mine' }, 'own'))

  expect(stream.lines()).toMatchObject([{ trace_id: 'mine', span_id: span.spanId }])
})

test.each([
  ['as the whole line', (logger: Logger, error: Error) => logger.error(error)],
  ['as a field', (logger: Logger, error: Error) => logger.error({ err: error }, 'failed')],
])('an error %s becomes the exception of the record', (_how, log) => {
  const seen = watch(new BunyanInstrumentation())
  const error = new TypeError('no order')

  log(bunyan.createLogger({ name: 'shop', stream: createDestination() }), error)

  expect(seen.records()[0]?.attributes).toEqual({
    name: 'shop',
    'exception.type': 'TypeError',
    'exception.message': 'no order',
    'exception.stacktrace': error.stack,
  })
})

test('what its serializers hide is not exported', () => {
  const seen = watch(new BunyanInstrumentation())
  const serializers = { user: ({ name }: { name: string }) => ({ name }) }
  const logger = bunyan.createLogger({ name: 'shop', serializers, stream: createDestination() })

  logger.info({ user: { name: 'Ada', password: 'secret' } }, 'in')

  expect(seen.records()).toMatchObject([{ attributes: { user: { name: 'Ada' } } }])
  expect(JSON.stringify(seen.records())).not.toContain('secret')
})

test('disableLogSending exports nothing, disableLogCorrelation leaves lines as they are', () => {
  const stream = createDestination()
  const seen = watch(new BunyanInstrumentation({ disableLogSending: true, disableLogCorrelation: true }))

  inSpan(() => bunyan.createLogger({ name: 'shop', stream }).info('plain'))

  expect(Object.keys(stream.lines()[0] ?? {})).not.toContain('trace_id')
  expect(seen.records()).toEqual([])
})

test('what an exporter logs is not exported', () => {
  const seen = watch(new BunyanInstrumentation())
  const logger = bunyan.createLogger({ name: 'shop', stream: createDestination() })

  context.with(suppressTracing(context.active()), () => logger.info('sending'))

  expect(seen.records()).toEqual([])
})
