import { describe, expect, test } from 'vitest'
import type { OtelOptions } from '../../src/config/options.ts'
import { maxTimerMs } from '../../src/config/parsers.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'

function noFile(path: string): Buffer {
  throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' })
}

function resolve(env: Record<string, string> = {}, options?: OtelOptions, readFile = noFile) {
  const { config, problems } = resolveConfig({ env, options, readFile })
  return { config, messages: problems.map(({ message }) => message) }
}

/** Where traces, metrics and logs go. */
function urls(env: Record<string, string>): string[] {
  const { traces, metrics, logs } = resolve(env).config
  return [traces, metrics, logs].map(({ otlp }) => otlp.url)
}

describe('without anything said', () => {
  const { config, messages } = resolve()

  test('there is nothing to complain about', () => expect(messages).toEqual([]))

  test('everything has its default', () => {
    const otlp = { protocol: 'http/protobuf', headers: {}, timeoutMs: 10_000, compression: 'none', tls: {} }
    const batch = { maxQueueSize: 2048, maxExportBatchSize: 512, exportTimeoutMs: 10_000 }
    expect(config).toEqual({
      logLevel: 'warn',
      serviceName: undefined,
      serviceVersion: undefined,
      resourceAttributes: {},
      propagators: ['tracecontext', 'baggage'],
      sampler: { name: 'parentbased_always_on', ratio: 1 },
      traces: {
        exporters: ['otlp'],
        otlp: { ...otlp, url: 'http://localhost:4318/v1/traces' },
        zipkinUrl: 'http://localhost:9411/api/v2/spans',
        batch: { ...batch, scheduledDelayMs: 5000 },
      },
      metrics: {
        exporters: ['otlp'],
        otlp: { ...otlp, url: 'http://localhost:4318/v1/metrics' },
        prometheus: { host: 'localhost', port: 9464 },
        intervalMs: 60_000,
        timeoutMs: 30_000,
      },
      logs: {
        exporters: ['otlp'],
        otlp: { ...otlp, url: 'http://localhost:4318/v1/logs' },
        batch: { ...batch, scheduledDelayMs: 1000 },
      },
      instrumentations: { enabled: undefined, disabled: [], switched: {}, official: [] },
      configFile: undefined,
      exitTimeoutMs: 1000,
      processPropagation: true,
      code: {},
    })
  })

  test('nothing of it can be changed', () => {
    expect(() => Object.assign(config.traces.otlp.headers, { a: '1' })).toThrow(TypeError)
    expect(() => (config.propagators as string[]).push('b3')).toThrow(TypeError)
    expect(() => Object.assign(config.code, { logger: {} })).toThrow(TypeError)
  })
})

describe('an empty variable', () => {
  test.each(['', '   ', '""'])('%j is the same as none', text => {
    const { config } = resolve({ OTEL_SERVICE_NAME: text, OTEL_BSP_MAX_QUEUE_SIZE: text, OTEL_TRACES_EXPORTER: text })
    expect(config.serviceName).toBeUndefined()
    expect(config.traces).toMatchObject({ exporters: ['otlp'], batch: { maxQueueSize: 2048 } })
  })
})

describe('quotation marks that nobody took away', () => {
  test('are taken away and told', () => {
    const { config, messages } = resolve({
      OTEL_SERVICE_NAME: '"orders"',
      OTEL_EXPORTER_OTLP_HEADERS: "'Authorization=Basic x'",
    })
    expect(config.serviceName).toBe('orders')
    expect(config.logs.otlp.headers).toEqual({ authorization: 'Basic x' })
    expect(messages).toHaveLength(2)
    expect(messages[0]).toMatch(/^OTEL_SERVICE_NAME is in quotation marks/)
  })
})

describe('the endpoint', () => {
  test.each(['http://c:4318', 'http://c:4318/', ' http://c:4318 ', 'c:4318'])(
    '%j gets the path of each signal',
    endpoint =>
      expect(urls({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual([
        'http://c:4318/v1/traces',
        'http://c:4318/v1/metrics',
        'http://c:4318/v1/logs',
      ]),
  )

  test('keeps its own path and its query', () =>
    expect(urls({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/?tok=1' })[0]).toBe('https://c/otlp/v1/traces?tok=1'))

  test('of one signal is used as it is, for that signal alone', () =>
    expect(urls({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://d/in' })).toEqual([
      'http://c/v1/traces',
      'http://c/v1/metrics',
      'http://d/in',
    ]))

  test('is host and port for grpc, 4317 without one', () => {
    expect(urls({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })[0]).toBe('http://localhost:4317')
    expect(urls({ OTEL_EXPORTER_OTLP_PROTOCOL: 'GRPC', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4317/x' })[0]).toBe(
      'https://c:4317',
    )
  })

  test('that cannot be read gives way to the general one, and that to the default', () => {
    const bad = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a b' }
    expect(urls(bad)[0]).toBe('http://localhost:4318/v1/traces')
    expect(urls({ ...bad, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' })[0]).toBe('http://c/v1/traces')
    expect(resolve({ ...bad, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }).messages).toEqual([
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "http://a b", expected a URL such as http://collector:4318; using http://c',
    ])
  })

  test('with user and password becomes a header, and the address has neither', () => {
    const { config, messages } = resolve({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:p%40ss@c' })
    const { url, headers } = config.metrics.otlp
    expect(url).toBe('https://c/v1/metrics')
    expect(headers).toEqual({ authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` })
    expect(messages).toEqual([])
  })

  test('is told once, though three signals use it', () =>
    expect(resolve({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }).messages).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318", expected a URL such as http://collector:4318; using http://collector:4318',
    ]))
})

describe('what is said for one signal', () => {
  test('goes before what is said for all', () => {
    const { config } = resolve({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TIMEOUT: '3000',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '0',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'None',
    })
    expect(config.traces.otlp).toMatchObject({ protocol: 'grpc', timeoutMs: 3000, compression: 'gzip' })
    expect(config.metrics.otlp).toMatchObject({ protocol: 'http/json', timeoutMs: 3000, compression: 'none' })
    expect(config.logs.otlp).toMatchObject({ protocol: 'http/json', timeoutMs: maxTimerMs, compression: 'gzip' })
  })

  test('gives way to what is said for all where it cannot be used', () => {
    const { config, messages } = resolve({ OTEL_EXPORTER_OTLP_TIMEOUT: '3000', OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '5s' })
    expect(config.logs.otlp.timeoutMs).toBe(3000)
    expect(messages).toEqual([expect.stringMatching(/^OTEL_EXPORTER_OTLP_LOGS_TIMEOUT is "5s", .*; using 3000$/)])
  })

  test('is added to the headers for all', () => {
    const { config } = resolve({
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1,B=2',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=3,c=4',
    })
    expect(config.traces.otlp.headers).toEqual({ a: '1', b: '3', c: '4' })
    expect(config.logs.otlp.headers).toEqual({ a: '1', b: '2' })
  })

  test('is http/protobuf for a protocol that does not exist', () => {
    const { config, messages } = resolve({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http' })
    expect(config.traces.otlp.protocol).toBe('http/protobuf')
    expect(messages).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL is "http", expected http/protobuf, http/json or grpc; using http/protobuf',
    ])
  })
})

describe('certificates', () => {
  test('are read from the files that are named', () => {
    const env = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key.pem',
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: '/logs.pem',
    }
    const { config, messages } = resolve(env, {}, path => Buffer.from(path))
    expect(messages).toEqual([])
    expect(config.traces.otlp.tls).toEqual({ ca: Buffer.from('/ca.pem'), key: Buffer.from('/key.pem') })
    expect(config.logs.otlp.tls).toEqual({ ca: Buffer.from('/ca.pem'), key: Buffer.from('/logs.pem') })
  })

  test.each([
    ['0', { rejectUnauthorized: false }],
    ['1', {}],
    ['', {}],
  ])("Node's own NODE_TLS_REJECT_UNAUTHORIZED=%s is passed on, since a thread has no environment", (value, tls) => {
    expect(resolve({ NODE_TLS_REJECT_UNAUTHORIZED: value }).config.traces.otlp.tls).toEqual(tls)
  })

  test('that cannot be read are told once, and left out', () => {
    const { config, messages } = resolve({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/gone.pem' })
    expect(config.traces.otlp.tls).toEqual({})
    expect(messages).toEqual([
      'OTEL_EXPORTER_OTLP_CERTIFICATE names the file "/gone.pem", which cannot be read (ENOENT); going on without it',
    ])
  })
})

describe('exporters', () => {
  test('are a list, each with the values of its signal', () => {
    const { config, messages } = resolve({
      OTEL_TRACES_EXPORTER: 'console, Zipkin',
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_LOGS_EXPORTER: 'none',
    })
    expect(config.traces.exporters).toEqual(['console', 'zipkin'])
    expect(config.metrics.exporters).toEqual(['prometheus', 'otlp'])
    expect(config.logs.exporters).toEqual([])
    expect(messages).toEqual([])
  })

  test('that do not exist cost no signal', () => {
    const { config, messages } = resolve({ OTEL_TRACES_EXPORTER: 'jaeger', OTEL_LOGS_EXPORTER: 'prometheus,console' })
    expect(config.traces.exporters).toEqual(['otlp'])
    expect(config.logs.exporters).toEqual(['console'])
    expect(messages).toEqual([
      'OTEL_TRACES_EXPORTER is "jaeger", expected a list of otlp, console or zipkin, or none alone; using otlp',
      'OTEL_LOGS_EXPORTER contains "prometheus", expected a list of otlp or console, or none alone; ignoring that entry',
    ])
  })
})

describe('the sampler', () => {
  test('has its ratio', () => {
    const { config } = resolve({ OTEL_TRACES_SAMPLER: 'ParentBased_TraceIdRatio', OTEL_TRACES_SAMPLER_ARG: '0.1' })
    expect(config.sampler).toEqual({ name: 'parentbased_traceidratio', ratio: 0.1 })
  })

  test('records everything where the ratio cannot be used', () => {
    const { config, messages } = resolve({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%' })
    expect(config.sampler).toEqual({ name: 'traceidratio', ratio: 1 })
    expect(messages).toEqual(['OTEL_TRACES_SAMPLER_ARG is "10%", expected a number from 0 to 1; using 1'])
  })

  test('that does not exist takes its argument with it', () => {
    const { config, messages } = resolve({
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: 'endpoint=x',
    })
    expect(config.sampler).toEqual({ name: 'parentbased_always_on', ratio: 1 })
    expect(messages).toEqual([expect.stringMatching(/^OTEL_TRACES_SAMPLER is "jaeger_remote"/)])
  })
})

describe('batches', () => {
  test('are never larger than their queue', () => {
    const { config, messages } = resolve({ OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '200' })
    expect(config.traces.batch).toMatchObject({ maxQueueSize: 100, maxExportBatchSize: 100 })
    expect(messages).toEqual([
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE is 200, expected at most OTEL_BSP_MAX_QUEUE_SIZE (100); using 100',
    ])
  })

  test('follow a small queue without a word where nobody gave their size', () => {
    const { config, messages } = resolve({ OTEL_BLRP_MAX_QUEUE_SIZE: '100' })
    expect(config.logs.batch.maxExportBatchSize).toBe(100)
    expect(messages).toEqual([])
  })

  test.each(['0', '-1', '1.5', 'many'])('cannot have the size %s', size => {
    const { config, messages } = resolve({ OTEL_BLRP_MAX_QUEUE_SIZE: size, OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: size })
    expect(config.logs.batch).toMatchObject({ maxQueueSize: 2048, maxExportBatchSize: 512 })
    expect(messages).toHaveLength(2)
  })

  test('may go at once and take as long as they like', () => {
    const { config, messages } = resolve({ OTEL_BSP_SCHEDULE_DELAY: '0', OTEL_BSP_EXPORT_TIMEOUT: '0' })
    expect(config.traces.batch).toMatchObject({ scheduledDelayMs: 0, exportTimeoutMs: maxTimerMs })
    expect(messages).toEqual([])
  })
})

describe('collecting metrics', () => {
  test.each([
    ['5000', undefined, 5000, 0],
    ['5000', '8000', 5000, 1],
    ['5000', '0', 5000, 0],
    [undefined, '90000', 60_000, 0],
    ['5000', '1000', 1000, 0],
  ])('with interval %s and timeout %s may take %s ms', (interval, timeout, timeoutMs, told) => {
    const { config, messages } = resolve({
      ...(interval && { OTEL_METRIC_EXPORT_INTERVAL: interval }),
      ...(timeout && { OTEL_METRIC_EXPORT_TIMEOUT: timeout }),
    })
    expect(config.metrics.timeoutMs).toBe(timeoutMs)
    expect(messages).toHaveLength(told)
  })
})

describe('instrumentations', () => {
  test('are named in many ways', () => {
    const { config } = resolve({
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'HTTP, @opentelemetry/instrumentation-pg ,socket.io',
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'nestjs-core',
      OTEL_INSTRUMENTATION_RUNTIME_NODE_ENABLED: 'False',
      OTEL_INSTRUMENTATION_SOCKET_IO_ENABLED: 'true',
      OTEL_INSTRUMENTATION_HTTP_OFFICIAL: 'true',
      OTEL_INSTRUMENTATION_REDIS_OFFICIAL: 'false',
      OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET',
    })
    expect(config.instrumentations).toEqual({
      enabled: ['http', 'pg', 'socket.io'],
      disabled: ['nestjs-core'],
      switched: { 'runtime-node': false, 'socket.io': true },
      official: ['http'],
    })
  })

  test('are switched by options over variables', () => {
    const { config } = resolve(
      {
        OTEL_INSTRUMENTATION_PG_ENABLED: 'true',
        OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'mongodb,redis',
        OTEL_INSTRUMENTATION_HTTP_OFFICIAL: 'true',
      },
      {
        instrumentations: {
          pg: false,
          mongodb: true,
          '@opentelemetry/instrumentation-net': true,
          dns: { enabled: false },
          http: { official: false },
          express: { official: true },
        },
      },
    )
    expect(config.instrumentations).toEqual({
      enabled: undefined,
      disabled: ['redis'],
      switched: { pg: false, mongodb: true, net: true, dns: false },
      official: ['express'],
    })
  })

  test('have their options under their short names', () => {
    const pg = { enhancedDatabaseReporting: true }
    const { config } = resolve({}, { instrumentations: { '@opentelemetry/instrumentation-pg': pg, http: true } })
    expect(config.code.instrumentations).toEqual({ pg })
    expect(config.code.instrumentations!['pg']).toBe(pg)
    expect(Object.isFrozen(pg)).toBe(false)
  })
})

describe('the name of the service', () => {
  const env = {
    OTEL_SERVICE_NAME: 'variable',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=attribute,service.version=1,a=1',
  }

  test('comes from an option, then from its variable, then from an attribute', () => {
    expect(resolve(env, { serviceName: 'option' }).config.serviceName).toBe('option')
    expect(resolve(env, { resourceAttributes: { 'service.name': 'coded' } }).config.serviceName).toBe('coded')
    expect(resolve(env).config.serviceName).toBe('variable')
    expect(resolve({ ...env, OTEL_SERVICE_NAME: '' }).config.serviceName).toBe('attribute')
    expect(resolve({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=' }).config.serviceName).toBeUndefined()
  })

  test('has its version beside it', () => {
    expect(resolve(env).config.serviceVersion).toBe('1')
    expect(resolve(env, { serviceVersion: '2' }).config.serviceVersion).toBe('2')
  })

  test('stands among attributes, of which options win', () => {
    const resourceAttributes = { a: 2, b: ['x'], missing: undefined }
    const { config, messages } = resolve(env, { resourceAttributes })
    expect(config.resourceAttributes).toMatchObject({ a: 2, b: ['x'] })
    expect(config.resourceAttributes).not.toHaveProperty('missing')
    expect(Object.isFrozen(resourceAttributes.b)).toBe(false)
    expect(messages).toEqual([])
  })
})

test('the exit timeout comes from the option or from its variable', () => {
  expect(resolve({ OTEL_NODE_EXIT_TIMEOUT: '300' }).config.exitTimeoutMs).toBe(300)
  expect(resolve({ OTEL_NODE_EXIT_TIMEOUT: '300' }, { exitTimeoutMs: 0 }).config.exitTimeoutMs).toBe(0)
})

test('switches that were obeyed before are told of where they are wrong', () => {
  const env = { OTEL_SDK_DISABLED: '1', _OTEL_DEFER_SETUP: 'yes', OTEL_NODE_FORCE_SETUP: 'on' }
  expect(resolve(env).messages).toEqual([
    'OTEL_SDK_DISABLED is "1", expected true or false; using false',
    '_OTEL_DEFER_SETUP is "yes", expected true or false; using false',
    'OTEL_NODE_FORCE_SETUP is "on", expected true or false; using false',
  ])
})

test('a thread sends its spans after a second, unless it was told otherwise', () => {
  const delayOf = (env: Record<string, string>, isThread: boolean): number =>
    resolveConfig({ env, readFile: noFile, isThread }).config.traces.batch.scheduledDelayMs
  expect(delayOf({}, false)).toBe(5000)
  expect(delayOf({}, true)).toBe(1000)
  expect(delayOf({ OTEL_BSP_SCHEDULE_DELAY: '3000' }, true)).toBe(3000)
})

test('an instance id of the environment is told apart from one in code', () => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-1,a=1' }
  expect(resolve(env).config.inheritableInstanceId).toBe('pod-1')
  expect(resolve(env).config.resourceAttributes).toEqual({ a: '1' })
  expect(resolve(env, { resourceAttributes: { 'service.instance.id': 'mine' } }).config.resourceAttributes).toEqual({
    a: '1',
    'service.instance.id': 'mine',
  })
})
