import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Answer, Target } from '../../src/exporters/transport.ts'
import { type AppOptions, runApp } from '../harness/app.ts'
import { localhostCertificate } from '../harness/localhost-certificate.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { bundleProgram } from './bundle-program.ts'
import { startGrpcCollector, startHttpCollector } from './last-words-collector.ts'

const accepted = expect.objectContaining({ kind: 'accepted' })
/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:1'

let program: string
beforeAll(async () => {
  program = await bundleProgram(source)
})

/** Says its last words in the way and place that it is told, and prints the answers, which is its only output. */
const source = `
import { readFileSync, rmSync, writeSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { startLastPost } from '../../src/exporters/last-post.ts'

const told = workerData ?? JSON.parse(process.argv[2])
const { end, thread, timeoutMs, postings } = told
const say = () => {
  const bytes = postings.map(({ bodies }) => bodies.map(body => Buffer.from('--' + body).subarray(2)))
  const given = postings.map(({ target, ca }, i) => ({
    target: { ...target, tls: ca ? { ca: readFileSync(ca) } : {} },
    bodies: bytes[i],
  }))
  const post = startLastPost(timeoutMs)
  for (const { target, bodies } of given) for (const body of bodies) post.send(target, body)
  const found = post.finish().map(answer => answer ?? null)
  const answers = given.map(({ bodies }) => found.splice(0, bodies.length))
  const lengths = bytes.map(bodies => bodies.map(body => body.length))
  writeSync(1, JSON.stringify({ answers, lengths }))
}
const ends = {
  natural() {},
  exit: () => setImmediate(() => process.exit(3)),
  throw: () => setImmediate(() => { throw new Error('boom') }),
  gone: () => rmSync(process.argv[1]),
}
if (thread && isMainThread) {
  new Worker(new URL(import.meta.url), { workerData: told }).on('error', () => {})
} else {
  if (end === 'midway') say()
  else process.on('exit', say)
  ends[end]?.()
}
`

interface Told {
  readonly postings: readonly {
    readonly url: string
    readonly bodies: readonly string[]
    readonly ca?: string
    readonly target?: Partial<Target>
  }[]
  readonly end?: 'natural' | 'exit' | 'throw' | 'gone' | 'midway'
  readonly thread?: boolean
  readonly timeoutMs?: number
  readonly file?: string
  readonly app?: Pick<AppOptions, 'nodeOptions' | 'env' | 'input' | 'timeoutMs'>
}

async function say({ postings, end = 'natural', thread = false, timeoutMs = 10_000, file = program, app = {} }: Told) {
  const told = {
    end,
    thread,
    timeoutMs,
    postings: postings.map(({ url, target, ...rest }) => ({
      ...rest,
      target: {
        protocol: 'http/protobuf',
        url,
        headers: {},
        compression: 'none',
        grpcPath: '/test.Service/Export',
        userAgent: 'test',
        ...target,
      },
    })),
  }
  const { stdout, stderr, code } = await runApp({ file, args: [JSON.stringify(told)], ...app })
  const { answers, lengths } = JSON.parse(stdout) as { answers: (Answer | null)[][]; lengths: number[][] }
  return { answers, lengths, stderr, code }
}

test.each(['http/protobuf', 'http/json', 'grpc'] as const)(
  'last words arrive in their order over %s',
  async protocol => {
    await using collector = await (protocol === 'grpc' ? startGrpcCollector() : startHttpCollector())
    const bodies = ['first', 'second', 'third']
    const { answers, lengths, stderr, code } = await say({
      postings: [{ url: collector.url, target: { protocol }, bodies }],
    })
    expect(answers).toEqual([[accepted, accepted, accepted]])
    expect(collector.bodies).toEqual(bodies)
    expect(lengths, 'the bodies still belong to who gave them').toEqual([[5, 6, 5]])
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  },
)

test('postings go out side by side', async () => {
  const bothHere = Promise.withResolvers<void>()
  await using collector = await startHttpCollector(async (_, visit) => {
    if (visit === 2) bothHere.resolve()
    await bothHere.promise
    return { status: 200 }
  })
  const { url } = collector
  const postings = ['spans', 'logs'].map(body => ({ url, bodies: [body] }))
  expect(await say({ postings })).toMatchObject({ answers: [[accepted], [accepted]] })
})

test('compression and headers are those of the target', async () => {
  await using collector = await startHttpCollector()
  const target: Partial<Target> = { compression: 'gzip', headers: { 'x-team': 'a' } }
  await say({ postings: [{ url: collector.url, target, bodies: ['spans'] }] })
  expect(collector.bodies).toEqual(['spans'])
})

test.each<[string, Told['end'], boolean, number]>([
  ['the natural end', 'natural', false, 0],
  ['process.exit()', 'exit', false, 3],
  ['a crash', 'throw', false, 1],
  ['the natural end of a thread', 'natural', true, 0],
  ['process.exit() in a thread', 'exit', true, 0],
  ['a crash in a thread', 'throw', true, 0],
  ['the natural end when the folder of the app is gone', 'gone', false, 0],
])('they are said at %s', async (_, end, thread, code) => {
  await using collector = await startHttpCollector()
  const copy = join(tempFolder(), 'program.mjs')
  writeFileSync(copy, readFileSync(program))
  const result = await say({
    postings: [{ url: collector.url, bodies: ['spans'] }],
    ...(end && { end }),
    thread,
    file: copy,
  })
  expect(result).toMatchObject({ answers: [[accepted]], code })
})

test('a process that goes on after its last words is not held, whatever the collector does', async () => {
  await using collector = await startHttpCollector(() => undefined)
  const result = await say({ postings: [{ url: collector.url, bodies: ['spans'] }], timeoutMs: 300, end: 'midway' })
  expect(result).toMatchObject({ answers: [[null]], code: 0, stderr: '' })
})

test.each(['http/protobuf', 'grpc'] as const)(
  'what a hanging collector does not answer has no answer: %s',
  async protocol => {
    const hang = (_: string, visit: number) => (visit === 1 ? { status: 200 } : undefined)
    await using collector = await (protocol === 'grpc' ? startGrpcCollector(hang) : startHttpCollector(hang))
    const postings = [{ url: collector.url, target: { protocol }, bodies: ['a', 'b', 'c'] }]
    expect(await say({ postings, timeoutMs: 500 })).toMatchObject({ answers: [[accepted, null, null]], code: 0 })
  },
)

test('an answer that says yes and does not end holds up nothing', async () => {
  await using collector = await startHttpCollector(() => ({ status: 200, endless: true }))
  const postings = [{ url: collector.url, bodies: ['a', 'b', 'c'] }]
  expect(await say({ postings, timeoutMs: 600_000 })).toMatchObject({ answers: [[accepted, accepted, accepted]] })
})

test('a collector that cannot be reached is not asked for every body', async () => {
  const refused = { kind: 'failed', reason: 'unreachable', words: 'connect ECONNREFUSED 127.0.0.1:1' }
  const { answers } = await say({ postings: [{ url: nowhere, bodies: ['a', 'b'] }] })
  expect(answers).toEqual([[refused, refused]])
})

test('a refused body does not hold up the next one', async () => {
  await using collector = await startHttpCollector((_, visit) => ({ status: visit === 1 ? 400 : 200 }))
  const { answers } = await say({ postings: [{ url: collector.url, bodies: ['a', 'b'] }] })
  expect(answers).toEqual([[expect.objectContaining({ kind: 'refused' }), accepted]])
})

test('who is not let in does not ask again', async () => {
  await using collector = await startHttpCollector(() => ({ status: 401 }))
  const { answers } = await say({ postings: [{ url: collector.url, bodies: ['a', 'b'] }] })
  const refused = { kind: 'refused', reason: 'rejected', words: 'HTTP status 401: Unauthorized', credentials: true }
  expect(answers).toEqual([[refused, refused]])
  expect(collector.bodies).toEqual(['a'])
})

test.each<[string, Record<string, string>]>([
  ['', {}],
  [', after the pause that it asks for', { 'retry-after': '1' }],
])('a collector that is not available is asked again%s', async (_, headers) => {
  await using collector = await startHttpCollector((_, visit) => ({ status: visit === 1 ? 503 : 200, headers }))
  const { answers } = await say({ postings: [{ url: collector.url, bodies: ['a', 'b'] }] })
  expect(answers).toEqual([[accepted, accepted]])
  expect(collector.bodies).toEqual(['a', 'a', 'b'])
})

test('a pause beyond the deadline is not waited for', async () => {
  await using collector = await startHttpCollector(() => ({ status: 503, headers: { 'retry-after': '3600' } }))
  const postings = [{ url: collector.url, bodies: ['a', 'b'] }]
  const { answers } = await say({ postings, timeoutMs: 600_000 })
  const later = expect.objectContaining({ reason: 'unavailable', retryAfterMs: 3_600_000 })
  expect(answers).toEqual([[later, later]])
  expect(collector.bodies).toEqual(['a'])
})

test('nothing of the app runs in the thread, and it reads and prints nothing', async () => {
  await using collector = await startHttpCollector()
  const log = join(tempFolder(), 'log')
  const [esm, cjs] = ['mjs', 'cjs'].map(type => join(tempFolder(), `preload.${type}`)) as [string, string]
  const write = `.appendFileSync(${JSON.stringify(log)}, 'x'); console.log(''); console.error('preload')`
  writeFileSync(esm, `import fs from 'node:fs'; fs${write}`)
  writeFileSync(cjs, `require('node:fs')${write}`)
  const options = ['--import', esm, '--require', cjs]
  const { answers, stderr } = await say({
    postings: [{ url: collector.url, bodies: ['spans'] }],
    app: { nodeOptions: options, env: { NODE_OPTIONS: options.join(' ') }, input: 'input of the app' },
  })
  expect(answers).toEqual([[accepted]])
  expect(readFileSync(log, 'utf8'), 'once or twice for each preload of the main thread').toMatch(/^x{2,4}$/)
  expect(stderr).toBe('preload\n'.repeat(readFileSync(log).length))
})

test('where threads are not allowed, that is the answer', async () => {
  const { answers, code } = await say({
    postings: [{ url: nowhere, bodies: ['a', 'b'] }],
    app: { nodeOptions: ['--permission', '--allow-fs-read=*'] },
  })
  const words = expect.stringMatching(/^no thread to send from: Access to this API has been restricted/)
  const unavailable = { kind: 'failed', reason: 'unavailable', words }
  expect({ answers, code }).toEqual({ answers: [[unavailable, unavailable]], code: 0 })
})

test.each([
  '--frozen-intrinsics',
  '--disallow-code-generation-from-strings',
  '--disable-proto=throw',
  '--max-old-space-size=10',
  '--jitless',
])('they are said under %s', async flag => {
  await using collector = await startHttpCollector()
  const { answers } = await say({
    postings: [{ url: collector.url, bodies: ['spans'] }],
    app: { nodeOptions: [flag] },
  })
  expect(answers).toEqual([[accepted]])
})

test.each<[string, (file: string) => { ca?: string; app?: Told['app'] }]>([
  ['by the configuration', ca => ({ ca })],
  ['by --use-system-ca', file => ({ app: { nodeOptions: ['--use-system-ca'], env: { SSL_CERT_FILE: file } } })],
  ['by NODE_EXTRA_CA_CERTS', file => ({ app: { env: { NODE_EXTRA_CA_CERTS: file } } })],
])('a collector whose certificate is trusted %s is trusted', async (_, trusting) => {
  await using collector = await startHttpCollector(undefined, 'https')
  const file = join(tempFolder(), 'ca.pem')
  writeFileSync(file, localhostCertificate.cert)
  const { ca, app } = trusting(file)
  const { answers } = await say({
    postings: [{ url: collector.url, bodies: ['spans', 'logs'], ...(ca && { ca }) }],
    ...(app && { app }),
  })
  expect(answers).toEqual([[accepted, accepted]])
})

test('a collector whose certificate nobody trusts gets nothing', async () => {
  await using collector = await startHttpCollector(undefined, 'https')
  const { answers } = await say({ postings: [{ url: collector.url, bodies: ['spans'] }] })
  expect(answers).toEqual([[expect.objectContaining({ kind: 'failed', reason: 'unreachable' })]])
  expect(collector.bodies).toEqual([])
})
