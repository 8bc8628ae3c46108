import type { Writable } from 'node:stream'
import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { describe, expect, test, vi } from 'vitest'
import type * as Winston from 'winston'
import { WinstonInstrumentation } from '../../src/instrumentations/winston.ts'
import { createDestination, idsOf, inSpan, load, watch } from './log-lab.ts'

const winston: typeof Winston = load('winston')
const { format } = winston

function transportTo(stream: Writable): Winston.transport {
  return new winston.transports.Stream({ stream })
}

test('a line of an active span carries its ids, and becomes one record of that span', () => {
  const destination = createDestination()
  const logger = winston.createLogger({ transports: [transportTo(destination)] })
  const seen = watch(new WinstonInstrumentation())

  const span = inSpan(() => logger.warn('taken', { order: { id: 7 }, at: new Date(0) }))

  expect(destination.lines()).toEqual([
    { ...idsOf(span), level: 'warn', message: 'taken', order: { id: 7 }, at: '1970-01-01T00:00:00.000Z' },
  ])
  expect(seen.records()).toEqual([
    {
      body: 'taken',
      severity: 'warn 13',
      attributes: { order: { id: 7 }, at: '1970-01-01T00:00:00.000Z' },
      spanId: span.spanId,
    },
  ])
})

test('outside of a span a line stays as it is, and is exported', () => {
  const destination = createDestination()
  const seen = watch(new WinstonInstrumentation())

  winston.createLogger({ transports: [transportTo(destination)] }).info('alone')

  expect(destination.lines()).toEqual([{ level: 'info', message: 'alone' }])
  expect(seen.records()).toEqual([{ body: 'alone', severity: 'info 9', attributes: {}, spanId: undefined }])
})

test('a line of a child logger is exported once, with the fields of both', () => {
  const seen = watch(new WinstonInstrumentation())
  const logger = winston.createLogger({ defaultMeta: { app: 'shop' }, transports: [transportTo(createDestination())] })

  logger.child({ component: 'cart' }).info('taken')

  expect(seen.records()).toMatchObject([{ attributes: { app: 'shop', component: 'cart' } }])
})

test('fields of the app win over ids of the same name', () => {
  const destination = createDestination()
  watch(new WinstonInstrumentation())
  const logger = winston.createLogger({ transports: [transportTo(destination)] })

  const span = inSpan(() => logger.info('own', { trace_id: 'mine' }))

  expect(destination.lines()).toMatchObject([{ trace_id: 'mine', span_id: span.spanId }])
})

test('an object that is logged again has the ids of where it is logged', () => {
  const destination = createDestination()
  const seen = watch(new WinstonInstrumentation())
  const logger = winston.createLogger({ transports: [transportTo(destination)] })
  const info = { level: 'info', message: 'again' }

  const first = inSpan(() => logger.log(info))
  const second = inSpan(() => logger.log(info))
  logger.log(info)

  const line = { level: 'info', message: 'again' }
  expect(destination.lines()).toEqual([{ ...line, ...idsOf(first) }, { ...line, ...idsOf(second) }, line])
  expect(seen.records().map(({ spanId }) => spanId)).toEqual([first.spanId, second.spanId, undefined])
})

describe('what is exported is what the format of the logger made', () => {
  test('as a changed copy, without colours', () => {
    const seen = watch(new WinstonInstrumentation())
    const mask = format(info => ({ ...info, password: '***' }))
    const logger = winston.createLogger({
      format: format.combine(mask(), format.colorize({ all: true }), format.json()),
      transports: [transportTo(createDestination())],
    })

    logger.error('no entry', { password: 'secret' })

    expect(seen.records()).toMatchObject([{ body: 'no entry', severity: 'error 17', attributes: { password: '***' } }])
  })

  test('and nothing where it drops the line', () => {
    const seen = watch(new WinstonInstrumentation())
    const logger = winston.createLogger({
      format: format(() => false)(),
      transports: [transportTo(createDestination())],
    })

    logger.info('dropped')

    expect(seen.records()).toEqual([])
  })
})

test.each([
  ['as the whole line', (logger: Winston.Logger, error: Error) => logger.error(error)],
  ['beside a message', (logger: Winston.Logger, error: Error) => logger.error('no order', error)],
  ['as a field', (logger: Winston.Logger, error: Error) => logger.error('failed', { err: error })],
])('an error %s becomes the exception of the record', (_how, log) => {
  const seen = watch(new WinstonInstrumentation())
  const error = new TypeError('no order')

  log(winston.createLogger({ transports: [transportTo(createDestination())] }), error)

  const [record] = seen.records()
  expect(record?.attributes).toEqual({
    'exception.type': 'TypeError',
    'exception.message': expect.stringContaining('no order'),
    'exception.stacktrace': error.stack,
  })
})

describe('levels', () => {
  test('a line that no transport takes is not exported', () => {
    const seen = watch(new WinstonInstrumentation())
    const logger = winston.createLogger({ transports: [transportTo(createDestination())] })

    logger.debug('not wanted')

    expect(seen.records()).toEqual([])
  })

  test('a line that one transport takes is exported', () => {
    const seen = watch(new WinstonInstrumentation())
    const verbose = new winston.transports.Stream({ stream: createDestination(), level: 'silly' })

    winston.createLogger({ level: 'error', transports: [verbose] }).silly('wanted')

    expect(seen.records()).toMatchObject([{ severity: 'silly 1' }])
  })

  test('a silent logger is silent', () => {
    const seen = watch(new WinstonInstrumentation())

    winston.createLogger({ silent: true, transports: [transportTo(createDestination())] }).error('nothing')

    expect(seen.records()).toEqual([])
  })
})

describe('the app sees the logger that it made', () => {
  test('lines that wait for a transport wait for it, and are exported with the span that wrote them', () => {
    const destination = createDestination()
    const logger = winston.createLogger()
    const seen = watch(new WinstonInstrumentation())
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {}) // of winston, about the lack of transports

    const span = inSpan(() => {
      for (let line = 0; line < 40; line += 1) logger.info(`line ${line}`)
    })
    complaint.mockRestore()
    const linesBefore = destination.texts.length
    logger.add(transportTo(destination))

    const bodies = Array.from({ length: 40 }, (_, line) => `line ${line}`)
    expect(linesBefore).toBe(0)
    return vi.waitFor(() => {
      expect(destination.lines().map(({ message }) => message)).toEqual(bodies)
      expect(seen.bodies()).toEqual(bodies)
      expect(new Set(seen.records().map(({ spanId }) => spanId))).toEqual(new Set([span.spanId]))
    })
  })

  test('with its transports and listeners only, and its end', async () => {
    const logger = winston.createLogger({ transports: [transportTo(createDestination())] })
    const listeners = logger.eventNames().map(name => [name, logger.listenerCount(name)])
    watch(new WinstonInstrumentation())

    logger.info('alone')

    expect(logger.transports).toHaveLength(1)
    expect(logger.eventNames().map(name => [name, logger.listenerCount(name)])).toEqual(listeners)
    await new Promise(resolve => logger.on('finish', resolve).end())
  })
})

describe('options', () => {
  test('disableLogSending exports nothing, and lines have their ids', () => {
    const destination = createDestination()
    const seen = watch(new WinstonInstrumentation({ disableLogSending: true }))

    const span = inSpan(() => winston.createLogger({ transports: [transportTo(destination)] }).info('kept here'))

    expect(destination.lines()).toMatchObject([idsOf(span)])
    expect(seen.records()).toEqual([])
  })

  test('disableLogCorrelation leaves lines as they are, and records have their span', () => {
    const destination = createDestination()
    const seen = watch(new WinstonInstrumentation({ disableLogCorrelation: true }))

    const span = inSpan(() => winston.createLogger({ transports: [transportTo(destination)] }).info('plain'))

    expect(destination.lines()).toEqual([{ level: 'info', message: 'plain' }])
    expect(seen.records()).toMatchObject([{ spanId: span.spanId }])
  })

  test('logHook sees the line and adds to it', () => {
    const seen = watch(
      new WinstonInstrumentation({ logHook: (_span, record) => (record['hooked'] = record['message']) }),
    )

    inSpan(() => winston.createLogger({ transports: [transportTo(createDestination())] }).info('seen'))

    expect(seen.records()).toMatchObject([{ attributes: { hooked: 'seen' } }])
  })
})

test('what an exporter logs is not exported', () => {
  const seen = watch(new WinstonInstrumentation())
  const logger = winston.createLogger({ transports: [transportTo(createDestination())] })

  context.with(suppressTracing(context.active()), () => logger.info('sending'))

  expect(seen.records()).toEqual([])
})

test('a line that cannot be exported is written', () => {
  const destination = createDestination()
  const seen = watch(new WinstonInstrumentation())
  const logger = winston.createLogger({
    format: format(info => {
      Object.defineProperty(info, 'broken', {
        enumerable: true,
        get: () => {
          throw new Error('broken')
        },
      })
      return Object.assign(info, { [Symbol.for('message')]: '"written"' })
    })(),
    transports: [transportTo(destination)],
  })

  logger.info('broken')

  expect(destination.lines()).toEqual(['written'])
  expect(seen.records()).toEqual([])
})
