import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import { type ReceivedSpan, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

const require = createRequire(import.meta.url)
const apps = join(import.meta.dirname, '../apps/redis')

interface Observation extends AppResult {
  readonly spans: readonly ReceivedSpan[]
}

async function observe(options: AppOptions): Promise<Observation> {
  await using receiver = await startReceiver()
  const { redisUrl } = inject('services')
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'redis', REDIS_URL: redisUrl, ...options.env }
  const result = await runApp({ ...options, env })
  return { ...result, spans: receiver.spans() }
}

/** By the span above: name, operation, text, and with what it failed. */
function describeCommands(spans: readonly ReceivedSpan[]): Record<string, string[]> {
  const nameAbove = (span: ReceivedSpan) => spans.find(({ spanId }) => spanId === span.parentSpanId)?.name ?? 'nothing'
  const groups = Map.groupBy(commandsOf(spans), nameAbove)
  return Object.fromEntries([...groups].map(([name, group]) => [name, group.map(describeCommand)]))
}

function commandsOf(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans.filter(({ attributes }) => attributes['db.system.name'] === 'redis')
}

function describeCommand({ name, attributes, status }: ReceivedSpan): string {
  const { 'db.operation.name': operation, 'db.query.text': text } = attributes
  const failure = status.code === 'ERROR' ? [`ERROR: ${status.message}`] : []
  return [name, operation, text, ...failure].filter(part => part !== undefined).join(' | ')
}

const notANumber = 'ERROR: ERR value is not an integer or out of range'
const wrongType = 'ERROR: WRONGTYPE Operation against a key holding the wrong kind of value'

const expected: Readonly<Record<string, readonly string[]>> = {
  'redis: a connection': ['redis-connect'],
  'redis: commands': [
    'redis-GET | GET | GET commands:text',
    'redis-HSET | HSET | HSET commands:hash [2 other arguments]',
    'redis-HGETALL | HGETALL | HGETALL commands:hash',
    'redis-get | get | get commands:text',
    'redis-EVAL | EVAL | EVAL [3 other arguments]',
  ],
  'redis: an error': [`redis-INCR | INCR | INCR commands:text | ${notANumber}`],
  'redis: a transaction': [
    'redis-GET | MULTI GET | GET commands:text',
    `redis-GET | MULTI GET | GET commands:hash | ${wrongType}`,
  ],
  'redis: half a transaction': [`redis-INCR | MULTI | INCR commands:text | ${notANumber}`, 'redis-PING | MULTI | PING'],
  'redis: a pipeline': ['redis-GET | PIPELINE | GET commands:text', 'redis-PING | PIPELINE | PING'],
  'redis: half a pipeline': [
    `redis-INCR | PIPELINE | INCR commands:text | ${notANumber}`,
    'redis-PING | PIPELINE | PING',
  ],
  'redis: without a connection': ['redis-GET | GET | GET commands:text | ERROR: The client is closed'],
  'redis: before there is a connection': ['redis-GET | GET | GET commands:text'],
  'redis: a pool': ['redis-GET | GET | GET commands:text'],
  'redis: a socket file': ['redis-GET | GET | GET elsewhere | ERROR: The client is closed'],
  'ioredis: opens the connection': ['get | get | get commands:text'],
  'ioredis: waits for the connection': [`get | get | get commands:hash | ${wrongType}`],
  'ioredis: commands': [
    'hset | hset | hset commands:hash [2 other arguments]',
    'hgetall | hgetall | hgetall commands:hash',
    'eval | eval | eval [3 other arguments]',
    'get | get | get commands:text',
  ],
  'ioredis: an error': [`incr | incr | incr commands:text | ${notANumber}`],
  'ioredis: a pipeline': [
    'get | PIPELINE get | get commands:text',
    `incr | PIPELINE incr | incr commands:text | ${notANumber}`,
  ],
  'ioredis: a transaction': [
    'multi | multi | multi',
    'get | MULTI get | get commands:text',
    'get | MULTI get | get commands:hash', // what the server says is in the answer to EXEC
    'exec | exec | exec',
  ],
  'ioredis: without a connection': ['get | get | get commands:text | ERROR: Connection is closed.'],
  'ioredis: one of a pipeline': ['get | PIPELINE get | get commands:text'],
  'ioredis: another one of it': [`get | PIPELINE get | get commands:hash | ${wrongType}`],
  'ioredis: a socket file': ['get | get | get elsewhere | ERROR: Connection is closed.'],
}

/** A pipeline fails as a whole there, and what ioredis puts into one by itself belongs to the first who did it. */
const { 'ioredis: another one of it': another, ...others } = expected
const expectedOfOfficial = {
  ...others,
  'redis: half a pipeline': expected['redis: half a pipeline']!.map((line, index) =>
    index === 0 ? line : `${line} | ${notANumber}`,
  ),
  'ioredis: one of a pipeline': [...expected['ioredis: one of a pipeline']!, ...another!],
}

const register = { nodeOptions: ['--import', '@org/otel/register'] }
const official = { OTEL_INSTRUMENTATION_REDIS_OFFICIAL: 'true', OTEL_INSTRUMENTATION_IOREDIS_OFFICIAL: 'true' }
let ours: Observation
let theirs: Observation

beforeAll(async () => {
  const file = join(apps, 'commands.mjs')
  ours = await observe({ ...register, file })
  theirs = await observe({ ...register, file, env: official })
})

test('each command is one span, below what the app was doing when it called it', () => {
  expect({ code: ours.code, stderr: ours.stderr }).toEqual({ code: 0, stderr: '' })
  expect(describeCommands(ours.spans)).toEqual(expected)
})

test('the official instrumentations, where a variable asks for them, tell the same but for two things', () => {
  expect({ code: theirs.code, stderr: theirs.stderr }).toEqual({ code: 0, stderr: '' })
  expect(describeCommands(theirs.spans)).toEqual(expectedOfOfficial)
})

test('kinds, attributes, scopes and exceptions are those of the official instrumentations', () => {
  const describeRest = ({ kind, scope, attributes, events, status }: ReceivedSpan) => ({
    kind,
    scope: scope.name,
    attributes,
    status,
    exceptions: events.map(({ name, attributes }) => [
      name,
      attributes['exception.message'],
      attributes['exception.type'],
    ]),
  })
  const isAlike = (span: ReceivedSpan) => !/^redis-PING \| PIPELINE|elsewhere/.test(describeCommand(span))
  const [own, other] = [ours, theirs].map(({ spans }) => commandsOf(spans).filter(isAlike).map(describeRest))
  expect(own).toEqual(other)
  expect(own).toHaveLength(Object.values(expected).flat().length - 4)
})

test('the address of a server is what the library takes: a host and a port, or a file', () => {
  const { hostname, port } = new URL(inject('services').redisUrl)
  const addresses = commandsOf(ours.spans).map(({ attributes }) =>
    [attributes['server.address'], attributes['server.port']].join(':'),
  )
  expect(new Set(addresses)).toEqual(new Set([`${hostname}:${port}`, '/nowhere/redis.sock:', '/nowhere/ioredis.sock:']))
})

test('a rejection that the app forgot to handle is still heard', () => {
  expect(ours.stdout).toBe('2 forgotten rejections\n')
})

test('hooks see what the library sees, on its own spans, and may throw', async () => {
  const { code, spans } = await observe({ file: join(apps, 'hooks.mjs') })

  const { version } = JSON.parse(readFileSync(require.resolve('ioredis/package.json'), 'utf8'))
  expect(code).toBe(0)
  expect(
    spans.map(({ name, parentSpanId, attributes }) => [
      parentSpanId,
      name,
      attributes['db.query.text'],
      attributes['request'],
      attributes['response'],
    ]),
  ).toEqual([
    [undefined, 'redis-connect', undefined, undefined, undefined],
    [undefined, 'redis-SET', 'SET/hooks:text/x', undefined, 'SET/hooks:text/x/OK'],
    [undefined, 'redis-INCR', 'INCR/hooks:text', undefined, undefined],
    [undefined, 'redis-STRLEN', undefined, undefined, 'STRLEN/hooks:text/1'],
    [undefined, 'set', 'set/hooks:text/x', `${version}/set/hooks:text/x`, 'set/hooks:text/x/OK'],
    [undefined, 'incr', 'incr/hooks:text', `${version}/incr/hooks:text`, undefined],
    [undefined, 'strlen', undefined, `${version}/strlen/hooks:text`, 'strlen/hooks:text/1'],
  ])
})

test('of several versions in one app each gives one span for a command', async () => {
  const { code, stderr, spans } = await observe({ ...register, file: join(apps, '../../older/copies.mjs') })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(describeCommands(spans)).toEqual({
    'redis 4': ['redis-GET | GET | GET copies'],
    'redis 5': ['redis-GET | GET | GET copies'],
    'redis 6': ['redis-GET | GET | GET copies'],
    'ioredis 5': ['get | get | get copies'],
    'ioredis 6': ['get | get | get copies'],
  })
})

test('what waits for a client of a pool stays below what called it', async () => {
  const program = esm(`
    import { trace } from '@opentelemetry/api'
    import { createClientPool } from 'redis'
    const within = (name, work) => trace.getTracer('app').startActiveSpan(name, span => work().finally(() => span.end()))
    const pool = await createClientPool({ url: process.env.REDIS_URL }, { minimum: 1, maximum: 1 }).connect()
    const command = name => within(name, () => pool.get(name))
    const transaction = name => within(name, () => pool.multi().get(name).exec())
    await Promise.all([command('first'), command('second'), transaction('third'), transaction('fourth')])
    await pool.close()`)
  const { spans, stderr } = await observe({ ...register, ...program })
  expect({ stderr, commands: describeCommands(spans) }).toEqual({
    stderr: '',
    commands: {
      first: ['redis-GET | GET | GET first'],
      second: ['redis-GET | GET | GET second'],
      third: ['redis-GET | MULTI GET | GET third'],
      fourth: ['redis-GET | MULTI GET | GET fourth'],
    },
  })
})
