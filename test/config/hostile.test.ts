import { expect, test } from 'vitest'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import * as table from '../../src/config/variables.ts'

const secret = 'S3CR3T'
const names = [
  ...[table.general, table.tracing, table.exporters, table.batching, table.life].flatMap(rows => Object.keys(rows)),
  ...Object.keys(table.otlp).flatMap(key => [
    `OTEL_EXPORTER_OTLP_${key}`,
    ...['TRACES', 'METRICS', 'LOGS'].map(signal => `OTEL_EXPORTER_OTLP_${signal}_${key}`),
  ]),
  'OTEL_NODE_ENABLED_INSTRUMENTATIONS',
  'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
  'OTEL_INSTRUMENTATION_PG_ENABLED',
  'OTEL_INSTRUMENTATION____PROTO___ENABLED',
]
const words = [
  '',
  ' ',
  'true',
  'FALSE',
  'none',
  'otlp',
  'console',
  'grpc',
  'http/json',
  'gzip',
  '0',
  '-1',
  '1',
  '512',
  '1e9',
  '99999999999',
  'NaN',
  'Infinity',
  '0.5',
  '%',
  '%zz',
  '%00',
  '\n',
  '\r\n',
  '\u0000',
  '\ud800',
  '💥',
  '"',
  "'",
  ',',
  '=',
  ';',
  '@',
  '://',
  'http://',
  'https://h:1',
  'collector:4318',
  '[::1]:4318',
  '__proto__',
  'constructor',
  'toString',
  '\u202e',
  'x'.repeat(5000),
]

/** Mulberry32: the same environments in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function hostileEnvironment(seed: number): Record<string, string> {
  const random = createRandom(seed)
  const word = (): string => words[random(words.length)]!
  return Object.fromEntries(
    names
      .filter(() => random(2) === 0)
      .map(name => [name, Array.from({ length: 1 + random(4) }, word).join(['', ',', '=', ' '][random(4)])]),
  )
}

function refuse(): never {
  throw new Error('no such file')
}

test('no environment makes it throw, leave something out, or say more than a line', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { config, problems } = resolveConfig({ env: hostileEnvironment(seed), readFile: refuse })
    for (const { otlp } of [config.traces, config.metrics, config.logs]) {
      expect(new URL(otlp.url).protocol).toMatch(/^https?:$/)
      expect(otlp.timeoutMs).toBeGreaterThan(0)
      for (const header of Object.entries(otlp.headers)) expect(() => new Headers([header])).not.toThrow()
    }
    for (const { batch } of [config.traces, config.logs]) {
      expect(batch.maxQueueSize).toBeGreaterThanOrEqual(batch.maxExportBatchSize)
      expect(batch.maxExportBatchSize).toBeGreaterThanOrEqual(1)
    }
    expect(config.metrics.intervalMs).toBeGreaterThanOrEqual(config.metrics.timeoutMs)
    expect(config.exitTimeoutMs).toBeGreaterThanOrEqual(0)
    for (const { message } of problems) {
      expect(message).toMatch(/^[^\n\r]+, expected .+; .+$|names the file/)
      expect(message.length).toBeLessThan(400)
    }
    expect(new Set(problems.map(({ message }) => message)).size).toBe(problems.length)
  }
})

test('no complaint shows what a header or an address keeps secret', () => {
  const random = createRandom(7)
  const word = (): string => words[random(words.length)]!
  for (let round = 0; round < 500; round++) {
    const { problems } = resolveConfig({
      env: {
        OTEL_EXPORTER_OTLP_HEADERS: `${word()}, key=${word()}${secret}${word()}`,
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: `Bearer ${secret}, ${word()}=${secret}${word()}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `${word()}://${word()}:${secret}@${word()}`,
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `https://h${word()}?${word()}${secret}`,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `me:${secret}@${word()}`,
      },
      readFile: refuse,
    })
    expect(JSON.stringify(problems)).not.toContain(secret)
  }
})

test('objects that refuse to be read are the same as nothing', () => {
  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()
  const throwing = new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getPrototypeOf: refuse })
  const odd = [
    revoked,
    throwing,
    [],
    Object.create(null),
    new Date(),
    () => {},
    5,
    'x',
    true,
    null,
    undefined,
    Symbol('x'),
    10n,
  ]
  for (const value of odd) {
    const options = Object.fromEntries(
      [
        'serviceName',
        'resourceAttributes',
        'instrumentations',
        'sampler',
        'spanProcessors',
        'views',
        'exitTimeoutMs',
        'logger',
      ].map(name => [name, value]),
    )
    for (const tried of [
      value,
      options,
      { resourceAttributes: { a: value }, instrumentations: { pg: value }, views: [value] },
    ]) {
      const { config } = resolveConfig({ env: (value ?? {}) as never, options: tried as never, readFile: refuse })
      expect(config.traces.exporters).toEqual(['otlp'])
    }
  }
})
