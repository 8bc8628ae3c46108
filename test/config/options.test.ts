import { expect, test } from 'vitest'
import { resolveConfig } from '../../src/config/resolve-config.ts'

function resolve(options: unknown) {
  const { config, problems } = resolveConfig({ env: {}, options: options as never, readFile: () => Buffer.alloc(0) })
  return { config, messages: problems.map(({ message }) => message) }
}

const nothing = (): void => {}
const later = async (): Promise<void> => {}
const processor = { onStart: nothing, onEnd: nothing, forceFlush: later, shutdown: later }

test.each([
  [{ serviceName: 5 }, 'serviceName is 5, expected a text that is not empty'],
  [{ serviceName: ' ' }, 'serviceName is an empty text, expected a text that is not empty'],
  [{ serviceVersion: {} }, 'serviceVersion is another object, expected a text that is not empty'],
  [{ resourceAttributes: 'a=1' }, 'resourceAttributes is a text, expected an object, each value of it a text'],
  [{ resourceAttributes: { a: {} } }, 'resourceAttributes["a"] is another object, expected a text'],
  [{ resourceAttributes: { a: [1, 'x'] } }, 'resourceAttributes["a"] is a list, expected a text'],
  [{ instrumentations: ['pg'] }, 'instrumentations is a list, expected an object'],
  [{ instrumentations: { pg: 'true' } }, 'instrumentations["pg"] is a text, expected true, false or an object'],
  [{ sampler: 'always_on' }, 'sampler is a text, expected a Sampler'],
  [{ spanProcessors: processor }, 'spanProcessors is another object, expected a list, each of it a SpanProcessor'],
  [{ spanProcessors: [processor, null] }, 'spanProcessors[1] is null, expected a SpanProcessor'],
  [{ logRecordProcessors: [processor] }, 'logRecordProcessors[0] is another object, expected a LogRecordProcessor'],
  [{ metricReaders: [nothing] }, 'metricReaders[0] is a function, expected a MetricReader'],
  [{ views: ['x'] }, 'views[0] is a text, expected an object with view options'],
  [{ exitTimeoutMs: -1 }, 'exitTimeoutMs is -1, expected a number from 0'],
  [{ exitTimeoutMs: NaN }, 'exitTimeoutMs is NaN, expected a number from 0'],
  [{ exitTimeoutMs: '5' }, 'exitTimeoutMs is a text, expected a number from 0'],
  [{ defer: 'yes' }, 'defer is a text, expected true or false'],
  [{ defer: null }, 'defer is null, expected true or false'],
  [{ logger: { warn: nothing } }, 'logger is another object, expected an object with error, warn, info and debug'],
  [null, '(all of them) is null, expected an object'],
  ['orders', '(all of them) is a text, expected an object'],
])('%j is told by name', (options, words) => {
  const { messages } = resolve(options)
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(`setupOtel: the option ${words}`)
})

test('an option that does not exist is told, and costs no other', () => {
  const { config, messages } = resolve({ serviceNmae: 'x', serviceVersion: '1' })
  expect(config.serviceVersion).toBe('1')
  expect(messages).toEqual([
    expect.stringMatching(/^setupOtel: there is no option "serviceNmae", expected one of serviceName,/),
  ])
})

test('one bad entry costs no other', () => {
  const { config } = resolve({
    spanProcessors: [1, processor],
    resourceAttributes: { good: 1, bad: Symbol('x') },
    instrumentations: { pg: true, redis: 1 },
  })
  expect(config.code.spanProcessors).toEqual([processor])
  expect(config.code.spanProcessors![0]).toBe(processor)
  expect(config.resourceAttributes).toEqual({ good: 1 })
  expect(config.instrumentations.switched).toEqual({ pg: true })
})

test('objects of the caller are passed on as they are, and not frozen', () => {
  const sampler = { shouldSample: nothing, settings: {} }
  const { config } = resolve({ sampler })
  expect(config.code.sampler).toBe(sampler)
  expect(Object.isFrozen(sampler) || Object.isFrozen(sampler.settings)).toBe(false)
})

test('options that are undefined are the same as none', () => {
  const { config, messages } = resolve({ serviceName: undefined, spanProcessors: undefined, defer: undefined })
  expect(messages).toEqual([])
  expect(config.code).toEqual({})
})
