import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, inject, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp, startApp } from '../harness/app.ts'
import { layOutLauncher } from '../harness/launcher.ts'
import { npmCommand, npmEnvironment } from '../harness/npm-command.ts'
import { heard, speakers } from '../harness/speakers.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { observe, oneOfEach, programs } from './import-styles.ts'

const root = join(import.meta.dirname, '../..')
const apps = join(root, 'test/apps/processes')
const parent = join(apps, 'parent.cjs')
const register = join(root, 'dist/register.js')
/** What a container tells all that it runs. */
const everywhere = { NODE_OPTIONS: `--import ${register} --import ${join(apps, 'hello.cjs')}` }
const usual = { OTEL_SERVICE_NAME: 'app' }
const deferred = { _OTEL_DEFER_SETUP: 'True' }

type Variables = Readonly<Record<string, string>>

function environment(receiver: Receiver, env: Variables = {}): Variables {
  return { ...usual, ...receiver.env, ...everywhere, ...env }
}

async function run(receiver: Receiver, { env, ...app }: AppOptions): Promise<AppResult> {
  return runApp({ ...app, env: environment(receiver, env) })
}

describe.concurrent('a process waits, and its workers begin by themselves', () => {
  const workers = {
    nothing: [],
    fork: ['child app.cjs'],
    'fork with its own environment': ['child app.cjs'],
    'fork with variables that are named': ['child app.cjs'],
    'fork without flags': ['child app.cjs'],
    spawn: ['child app.cjs'],
    'spawn with its own environment': ['child app.cjs'],
    spawnSync: ['child app.cjs'],
    exec: ['child app.cjs'],
    'fork of a fork': ['child app.cjs', 'child parent.cjs'],
    cluster: ['cluster_worker app.cjs'],
    thread: ['thread app.cjs'],
    'thread of a thread': ['thread app.cjs'],
  }

  test.each(Object.entries(workers))('%s', async (way, expected) => {
    await using receiver = await startReceiver()
    const { stderr, ...result } = await run(receiver, { file: parent, args: [way], env: deferred })
    expect({ ...result, stderr }).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(heard(receiver)).toEqual(expected)
  })

  test.each(Object.entries(workers))('%s, and without deferral the process speaks as well', async (way, expected) => {
    await using receiver = await startReceiver()
    await run(receiver, { file: parent, args: [way] })
    const role = way === 'cluster' ? 'cluster_primary' : 'main'
    expect(heard(receiver)).toEqual([...expected, `${role} parent.cjs`].toSorted())
  })

  test('but not what is started with other variables alone, and without a channel: nothing tells it', async () => {
    await using receiver = await startReceiver()
    await run(receiver, { file: parent, args: ['spawn with variables that are named'], env: deferred })
    expect(heard(receiver)).toEqual([])
  })
})

test('an empty mark of a parent is none', async () => {
  await using receiver = await startReceiver()
  await run(receiver, { file: parent, args: ['nothing'], env: { OTEL_NODE_PARENT_PID: '' } })
  expect(heard(receiver)).toEqual(['main parent.cjs'])
})

describe.concurrent('who only starts the program is no parent of its', () => {
  const ways = {
    nothing: [],
    fork: ['child app.cjs'],
    'fork with variables that are named': ['child app.cjs'],
    spawn: ['child app.cjs'],
    cluster: ['cluster_worker app.cjs'],
    thread: ['thread app.cjs'],
  }

  test.each(Object.entries(ways))('npm start, %s', async (way, expected) => {
    await using receiver = await startReceiver()
    const cwd = tempFolder()
    const scripts = { start: `node ${parent} "${way}"` }
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'app', scripts }))
    const env = { ...npmEnvironment(cwd), ...deferred }
    const { stderr } = await run(receiver, { file: npmCommand('npm'), args: ['start'], cwd, env })
    expect(stderr).toBe('')
    expect(heard(receiver)).toEqual(expected)
  })

  test.each(Object.entries(ways))('node --watch, %s', async (way, expected) => {
    await using receiver = await startReceiver()
    await using app = await startApp({
      nodeOptions: ['--watch'],
      file: parent,
      args: [way],
      env: environment(receiver, deferred),
      ready: /Completed running/,
    })
    expect(heard(receiver)).toEqual(expected)
    expect(app.stderr.replace(/^\(node:.*\n/gm, '')).toBe('') // the oldest of ours calls it an experiment
  })

  const { file: nodemon } = layOutLauncher('node_modules/nodemon/bin/nodemon.js')

  test.each(Object.entries(ways))('nodemon, %s', async (way, expected) => {
    await using receiver = await startReceiver()
    // Its command line cannot be seen then, as on any system but Linux.
    const env = { ...deferred, TITLE: 'something else' }
    const { stderr } = await run(receiver, { file: nodemon, args: [parent, way], env })
    expect(stderr).toBe('')
    expect(heard(receiver)).toEqual(expected)
  })

  test.runIf(process.platform === 'linux').each(Object.entries(ways))(
    'nodemon that was started without the preload, %s',
    async (way, expected) => {
      await using receiver = await startReceiver()
      const { NODE_OPTIONS: preload, ...others } = environment(receiver, deferred)
      const env = { ...others, PROGRAM_OPTIONS: preload! }
      const { stderr } = await runApp({ file: nodemon, args: [parent, way], env })
      expect(stderr).toBe('')
      expect(heard(receiver)).toEqual(expected)
    },
  )
})

describe.concurrent('set-up waits where a switch says so', () => {
  const spellings = { True: true, TRUE: true, true: true, ' true ': true, False: false, false: false, '': false }
  const cases = ['_OTEL_DEFER_SETUP', 'OTEL_NODE_DEFER_SETUP'].flatMap(name =>
    Object.entries(spellings).map(([value, waits]) => ({ name, value, waits })),
  )
  test.each(cases)('$name="$value": $waits', async ({ name, value, waits }) => {
    await using receiver = await startReceiver()
    const { stderr } = await run(receiver, { file: parent, args: ['nothing'], env: { [name]: value } })
    expect(stderr).toBe('')
    expect(heard(receiver)).toEqual(waits ? [] : ['main parent.cjs'])
  })

  test('a value that is neither true nor false is told where it is read: set-up begins at once', async () => {
    await using receiver = await startReceiver()
    const { stderr } = await run(receiver, { file: parent, args: ['nothing'], env: { _OTEL_DEFER_SETUP: 'yes' } })
    expect(stderr).toMatch(/^\[@org\/otel\] _OTEL_DEFER_SETUP is "yes", [^\n]*\n$/)
    expect(heard(receiver)).toEqual(['main parent.cjs'])
  })

  test('the name of ours wins over that of Python', async () => {
    await using receiver = await startReceiver()
    const env = { ...deferred, OTEL_NODE_DEFER_SETUP: 'false' }
    await run(receiver, { file: parent, args: ['nothing'], env })
    expect(heard(receiver)).toEqual(['main parent.cjs'])
  })

  test('setupOtel({ defer: true }) in code', async () => {
    await using receiver = await startReceiver()
    const file = join(apps, 'cluster-in-code.cjs')
    const { stdout, stderr } = await run(receiver, { file, env: { NODE_OPTIONS: '' } })
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n').toSorted()).toEqual(['primary deferred', 'worker active', 'worker active'])
    expect(heard(receiver)).toEqual(Array(2).fill('cluster_worker cluster-in-code.cjs'))
  })
})

describe.concurrent('a process that waits', () => {
  test('makes no connection while its workers speak, each for itself, though it lives for ten seconds', async () => {
    await using forbidden = await startDoor()
    await using receiver = await startReceiver()
    await using app = await startApp({
      file: join(apps, 'long-primary.cjs'),
      env: environment(receiver, {
        ...deferred,
        ...forbidden.env,
        WORKERS_ENDPOINT: receiver.url,
        OTEL_BSP_SCHEDULE_DELAY: '100',
      }),
      ready: /^forked by/,
      timeoutMs: 60_000,
    })

    const resources = await receiver.waitFor(r => speakers(r).length === 2 && speakers(r))
    await pause(10_000)

    expect(forbidden.connections()).toBe(0)
    expect(resources.map(resource => resource['process.parent_pid'])).toEqual([app.pid, app.pid])
    expect(new Set(resources.map(resource => resource['process.pid'])).size).toBe(2)
    expect(speakers(receiver)).toHaveLength(2)
    expect(app.stderr).toBe('')
  })

  test.each(['--import', '--require'])('holds nothing, listens to nothing and reads no SDK, by %s', async flag => {
    await using receiver = await startReceiver()
    const look = async (env: Variables): Promise<unknown> => {
      const { stdout, stderr } = await runApp({
        file: join(apps, 'holdings.cjs'),
        env: { ...usual, ...receiver.env, ...env },
      })
      expect(stderr).toBe('')
      const { env: names, ...holdings } = JSON.parse(stdout)
      const isOurs = (name: string): boolean => ['_OTEL_DEFER_SETUP', 'OTEL_NODE_PARENT_PID'].includes(name)
      return { ...holdings, env: names.filter((name: string) => !isOurs(name)) }
    }
    const alone = await look({})
    const NODE_OPTIONS = `${flag} @org/otel/register`
    expect(await look({ NODE_OPTIONS, ...deferred })).toEqual(alone)
    expect(await look({ NODE_OPTIONS })).not.toEqual(alone) // so this sees what there is
  })

  test('is ended by a signal as ever', async () => {
    await using receiver = await startReceiver()
    const env = environment(receiver, { ...deferred, WORKERS_ENDPOINT: receiver.url })
    await using app = await startApp({ file: join(apps, 'long-primary.cjs'), env, ready: /^forked by/ })
    expect(await app.stop('SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
  })

  test('reads nothing but its switches: what else is wrong is told when it begins', async () => {
    await using receiver = await startReceiver()
    const env = { ...deferred, OTEL_TRACES_SAMPLER: 'nonsense', OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' }
    expect((await run(receiver, { file: parent, args: ['nothing'], env })).stderr).toBe('')
    expect((await run(receiver, { file: parent, args: ['fork'], env })).stderr).toContain('OTEL_TRACES_SAMPLER')
  })

  test('is not even waiting where the SDK is disabled', async () => {
    await using receiver = await startReceiver()
    const file = join(apps, 'cluster-in-code.cjs')
    const { stdout } = await run(receiver, { file, env: { ...deferred, OTEL_SDK_DISABLED: 'TRUE' } })
    expect(stdout.trim().split('\n').toSorted()).toEqual(['primary disabled', 'worker disabled', 'worker disabled'])
    expect(receiver.requests()).toEqual([])
  })
})

describe.concurrent('what begins late', () => {
  const preload = { nodeOptions: ['--import', '@org/otel/register'] }

  test('is what its variables say by then, in the process that it is by then', async () => {
    await using receiver = await startReceiver()
    const { NODE_OPTIONS: _, OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env } = environment(receiver, deferred)
    const early = { OTEL_RESOURCE_ATTRIBUTES: 'read=early', OTEL_TRACES_SAMPLER: 'always_off', ENDPOINT: url! }
    const { stderr } = await runApp({ ...preload, file: join(apps, 'begin-late.cjs'), env: { ...env, ...early } })
    expect(stderr).toBe('')
    expect(heard(receiver)).toEqual(['main begin-late.cjs'])
    expect(speakers(receiver)).toMatchObject([{ 'service.name': 'named late', read: 'late' }])
  })

  test('shares its instance id with no process that it starts, whatever it was given', async () => {
    await using receiver = await startReceiver()
    const ways = ['fork', 'spawn', 'cluster', 'thread', 'thread of a thread']
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-1' }
    for (const way of ways) {
      receiver.clear()
      await run(receiver, { file: parent, args: [way], env })
      const ids = speakers(receiver).map(resource => String(resource['service.instance.id']))
      expect(ids.toSorted()).toEqual(['pod-1', expect.stringMatching(/^pod-1-\d+(-\d+)?$/)])
    }
  })

  test.each(['late-import.mjs', 'late-import.cjs', 'late-setup.mjs', 'late-setup.cjs'])(
    'serves the spans, logs and metrics that the app asked for before: %s',
    async name => {
      await using receiver = await startReceiver()
      const file = join(root, 'test/apps/doors', name)
      const env = { ...usual, ...receiver.env, ...deferred }
      const result = await runApp({ ...preload, file, env })
      expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
      const [span] = receiver.spans()
      expect(span?.name).toBe('early')
      expect(receiver.logs()[0]).toMatchObject({ body: 'early', traceId: span?.traceId })
      const early = receiver.metrics().filter(({ scope }) => scope.name === 'early')
      expect(new Set(early.map(({ name }) => name)).size).toBe(7)
    },
  )

  test.each(['named.mjs', 'require.cjs', 'destructured.cjs'])(
    'watches the libraries that were loaded before: %s',
    async name => {
      const env = { ...deferred, SET_UP: 'last' }
      expect(await observe({ ...preload, file: join(programs, name), env })).toEqual(oneOfEach)
    },
  )

  test('watches also what Node has forgotten since', async () => {
    await using receiver = await startReceiver()
    const file = join(apps, 'forget-modules.cjs')
    const env = { ...usual, ...receiver.env, ...deferred, PG_URL: inject('services').pgUrl }
    expect(await runApp({ ...preload, file, env })).toMatchObject({ code: 0, stderr: '' })
    const [query, request] = receiver.spans()
    expect(query).toMatchObject({ parentSpanId: request?.spanId, attributes: { 'db.query.text': 'SELECT 1' } })
  })
})

/** A place that nobody may come to. */
async function startDoor(): Promise<AsyncDisposable & { readonly env: Variables; connections(): number }> {
  let count = 0
  const server = createServer(socket => {
    count += 1
    socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    connections: () => count,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}
