import { context, diag } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { pino as createPino } from 'pino'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { LogInstrumentationConfig } from '../../src/instrumentations/log-instrumentation.ts'
import { PinoInstrumentation } from '../../src/instrumentations/pino.ts'
import { createDestination, idsOf, inSpan, load, watch } from './log-lab.ts'

const pino: typeof createPino = load('pino')

test('a line of an active span carries its ids, and becomes one record of that span', () => {
  const destination = createDestination()
  const logger = pino(destination).child({ component: 'cart' })
  const seen = watch(new PinoInstrumentation())

  const span = inSpan(() => logger.warn({ order: { id: 7, items: [1, null] } }, 'taken by %s', 'Ada'))

  expect(destination.lines()).toEqual([expect.objectContaining({ ...idsOf(span), msg: 'taken by Ada' })])
  expect(seen.records()).toEqual([
    {
      body: 'taken by Ada',
      severity: 'warn 13',
      attributes: { component: 'cart', order: { id: 7, items: [1, null] } },
      spanId: span.spanId,
    },
  ])
})

test('outside of a span a line stays as it is, and is exported', () => {
  const destination = createDestination()
  const seen = watch(new PinoInstrumentation())

  pino({ base: null, timestamp: false }, destination).info('alone')

  expect(destination.texts).toEqual(['{"level":30,"msg":"alone"}\n'])
  expect(seen.records()).toEqual([{ body: 'alone', severity: 'info 9', attributes: {}, spanId: undefined }])
})

test('fields of the app win over ids of the same name, and its objects stay as they were', () => {
  const destination = createDestination()
  const seen = watch(new PinoInstrumentation())
  const logged = Object.freeze({ trace_id: 'mine' })

  const span = inSpan(() => pino(destination).info(logged))

  expect(destination.lines()).toMatchObject([{ trace_id: 'mine', span_id: span.spanId }])
  expect(seen.records()).toMatchObject([{ attributes: { trace_id: 'mine' }, spanId: span.spanId }])
})

test('lines below the level of the logger are not exported', () => {
  const seen = watch(new PinoInstrumentation())

  pino({ level: 'warn' }, createDestination()).info('not wanted')

  expect(seen.records()).toEqual([])
})

describe('what is exported is what the line says', () => {
  test('redacted, serialized and formatted', () => {
    const seen = watch(new PinoInstrumentation())
    const logger = pino(
      {
        redact: ['password', 'user.token'],
        serializers: { user: ({ name }) => ({ name, token: 'secret' }) },
        formatters: { log: fields => ({ ...fields, added: true }), level: label => ({ grade: label }) },
      },
      createDestination(),
    )

    logger.info({ password: 'secret', user: { name: 'Ada' } })

    expect(seen.records()).toMatchObject([
      {
        attributes: { password: '[Redacted]', user: { name: 'Ada', token: '[Redacted]' }, added: true, grade: 'info' },
      },
    ])
  })

  test('after the hook streamWrite, which is called once for each line', () => {
    const destination = createDestination()
    const streamWrite = vi.fn<(line: string) => string>(line => line.replace('secret', '***'))
    const logger = pino({ hooks: { streamWrite } }, destination)
    const seen = watch(new PinoInstrumentation())

    logger.info('secret')
    logger.child({}).info('secret again')

    expect(destination.lines().map(({ msg }) => msg)).toEqual(['***', '*** again'])
    expect(seen.bodies()).toEqual(['***', '*** again'])
    expect(streamWrite).toHaveBeenCalledTimes(2)
  })

  test('as text where it is no JSON', () => {
    const seen = watch(new PinoInstrumentation())

    pino({ base: null, timestamp: () => ',time' }, createDestination()).info('odd')

    expect(seen.bodies()).toEqual(['{"level":30,time,"msg":"odd"}'])
  })

  test('with other names for message and error', () => {
    const seen = watch(new PinoInstrumentation())
    const logger = pino({ messageKey: 'text', errorKey: 'failure', base: null }, createDestination())

    logger.error(new TypeError('no order'), 'failed')

    expect(seen.records()).toMatchObject([
      { body: 'failed', attributes: { 'exception.type': 'TypeError', 'exception.message': 'no order' } },
    ])
    expect(Object.keys(seen.records()[0]?.attributes ?? {})).not.toContain('failure')
  })
})

test('an error becomes the exception of the record', () => {
  const seen = watch(new PinoInstrumentation())

  pino(createDestination()).error(new RangeError('too many'))

  expect(seen.records()).toEqual([
    {
      body: 'too many',
      severity: 'error 17',
      attributes: {
        'exception.type': 'RangeError',
        'exception.message': 'too many',
        'exception.stacktrace': expect.stringContaining('pino.test.ts'),
      },
      spanId: undefined,
    },
  ])
})

test('levels of the app lie between those of pino', () => {
  const seen = watch(new PinoInstrumentation())

  pino({ customLevels: { audit: 35 } }, createDestination()).audit('looked at')

  expect(seen.records()).toMatchObject([{ severity: 'audit 11' }])
})

test.each(['epochTime', 'isoTime', 'unixTime', 'nullTime'] as const)('records have the time of %s', timeFunction => {
  const seen = watch(new PinoInstrumentation())
  const before = Date.now()

  pino({ timestamp: pino.stdTimeFunctions[timeFunction] }, createDestination()).info('now')

  const precisionMs = timeFunction === 'unixTime' ? 1000 : 1
  expect(Math.abs((seen.timestamps()[0] ?? 0) - before)).toBeLessThan(1000 + precisionMs)
  expect(seen.records()).toMatchObject([{ attributes: {} }])
})

test('a time that is none stays a field of the app', () => {
  const seen = watch(new PinoInstrumentation())

  pino(createDestination()).info({ time: 35 }, 'took')

  expect(seen.records()).toMatchObject([{ attributes: { time: 35 } }])
})

describe('options', () => {
  test('disableLogSending exports nothing, and lines have their ids', () => {
    const destination = createDestination()
    const seen = watch(new PinoInstrumentation({ disableLogSending: true }))

    const span = inSpan(() => pino(destination).info('kept here'))

    expect(destination.lines()).toMatchObject([idsOf(span)])
    expect(seen.records()).toEqual([])
  })

  test('disableLogCorrelation leaves lines as they are, and records have their span', () => {
    const destination = createDestination()
    const seen = watch(new PinoInstrumentation({ disableLogCorrelation: true }))

    const span = inSpan(() => pino({ base: null, timestamp: false }, destination).info('plain'))

    expect(destination.texts).toEqual(['{"level":30,"msg":"plain"}\n'])
    expect(seen.records()).toMatchObject([{ spanId: span.spanId }])
  })

  test('logKeys names the ids, and logHook adds to the line, also when it fails', () => {
    const destination = createDestination()
    const logHook = vi.fn<NonNullable<LogInstrumentationConfig['logHook']>>((_span, record) => {
      record['hooked'] = true
      throw new Error('after all')
    })
    const logKeys = { traceId: 'trace.id', spanId: 'span.id', traceFlags: 'trace.flags' }
    const seen = watch(new PinoInstrumentation({ logKeys, logHook }))

    const span = inSpan(() => pino({ base: null, timestamp: false }, destination).warn('renamed'))

    const ids = { 'trace.id': span.traceId, 'span.id': span.spanId, 'trace.flags': '01' }
    expect(destination.lines()).toEqual([{ level: 40, ...ids, hooked: true, msg: 'renamed' }])
    expect(seen.records()).toMatchObject([{ attributes: { hooked: true } }])
    expect(logHook).toHaveBeenCalledWith(expect.anything(), expect.anything(), 40)
  })

  test('switched off, it does nothing', () => {
    const destination = createDestination()
    const instrumentation = new PinoInstrumentation()
    const seen = watch(instrumentation)
    instrumentation.disable()

    inSpan(() => pino({ base: null, timestamp: false }, destination).info('plain'))

    expect(destination.texts).toEqual(['{"level":30,"msg":"plain"}\n'])
    expect(seen.records()).toEqual([])
  })
})

describe('costs and loops', () => {
  test('no line is parsed where nobody takes records', () => {
    watch(new PinoInstrumentation(), [])
    const parse = vi.spyOn(JSON, 'parse')

    inSpan(() => pino(createDestination()).info('alone'))

    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  test('a log processor that logs gets no record of that', () => {
    const logger = pino(createDestination())
    const bodies: unknown[] = []
    const processor = {
      onEmit({ body }: { readonly body?: unknown }) {
        bodies.push(body)
        logger.info('about a record')
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    watch(new PinoInstrumentation(), [processor])

    logger.info('first')
    logger.info('second')

    expect(bodies).toEqual(['first', 'second'])
  })

  test('a log processor that throws is no concern of the app, also where our own words go through its logger', () => {
    const destination = createDestination()
    const logger = pino(destination)
    let attempts = 0
    const processor = {
      onEmit() {
        throw new Error(`broken ${(attempts += 1)}`)
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    watch(new PinoInstrumentation(), [processor])
    const say = (message: string) => logger.warn(message)
    diag.setLogger({ error: say, warn: say, info() {}, debug() {}, verbose() {} })
    onTestFinished(() => diag.disable())

    logger.info('written')

    expect(attempts).toBe(1)
    expect(destination.lines().map(({ level }) => level)).toContain(30)
  })

  test('what an exporter logs is not exported', () => {
    const seen = watch(new PinoInstrumentation())

    context.with(suppressTracing(context.active()), () => pino(createDestination()).info('sending'))

    expect(seen.records()).toEqual([])
  })
})
