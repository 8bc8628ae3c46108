import { describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppResult, runApp, startApp } from '../harness/app.ts'
import { distinctSpans } from '../harness/arrivals.ts'
import { cjs } from '../harness/code.ts'
import { nodeBinary } from '../harness/node-binary.ts'
import { hasContainers, inContainer, startCollector } from './leaving-matrix.ts'

/** What every program here begins with. `signal` comes from outside; `live` says so when nothing ended it before. */
const prelude = `
  const { trace } = require('@opentelemetry/api')
  const { exec } = require('node:child_process')
  const record = () => trace.getTracer('leaving').startSpan('span').end()
  const say = (...words) => console.log(words.join(' '))
  const signal = name => exec('kill -s ' + name.slice(3) + ' ' + process.pid)
  const live = (ms = 600) => setTimeout(() => say('lived'), ms)
  process.on('exit', code => say('exit', code))
  process.on('beforeExit', () => say('beforeExit'))
`
const signalExit = `const { onExit } = require('signal-exit');`

async function run(code: string, setUp: string, env: Readonly<Record<string, string>>): Promise<AppResult> {
  return runApp({ ...cjs(`${prelude};const setUp = () => ${setUp};${code}`), env })
}

/** The same program without and with telemetry, and how many spans the latter delivered. */
async function compare(code: string, options = ''): Promise<{ alone: AppResult; together: AppResult; spans: number }> {
  await using receiver = await startReceiver()
  const env = { OTEL_SERVICE_NAME: 'leaving', ...receiver.env }
  const [alone, together] = await Promise.all([
    run(code, 'undefined', {}),
    run(code, `require('@org/otel').setupOtel(${options})`, env),
  ])
  return { alone, together, spans: distinctSpans(receiver).length }
}

type Rows = readonly (readonly [name: string, code: string])[]

describe('a program sees nothing of us, and what it recorded arrives', () => {
  const rows: Rows = [
    [
      'that counts listeners',
      `setUp(); record()
       say(['SIGTERM', 'SIGINT', 'SIGHUP', 'exit', 'beforeExit'].map(name => process.listenerCount(name)), process.eventNames().map(String))`,
    ],
    ['that emits a signal by hand', `setUp(); record(); say(process.emit('SIGTERM')); live(0)`],
    [
      'that emits events with the names of methods',
      `const names = ['toString', 'constructor', 'hasOwnProperty', '__proto__', Symbol('exit')]
       for (const name of names) process.on(name, word => say('heard', String(name), word))
       setUp(); record(); for (const name of names) say(process.emit(name, 'hello'))`,
    ],
    ['that emits exit by hand', `setUp(); process.emit('exit', 9); record(); process.exitCode = 2`],
    [
      'that gets a signal with listeners of before and after set-up, in their order',
      `const hear = name => (...args) => say(name, args)
       process.on('SIGTERM', hear(1)); process.once('SIGTERM', hear(2)); setUp()
       process.prependListener('SIGTERM', hear(0)); process.once('SIGTERM', hear(3))
       record(); live(); signal('SIGTERM'); setTimeout(signal, 200, 'SIGTERM')`,
    ],
    [
      'that hears of listeners',
      `process.on('newListener', name => say('new', String(name))); process.on('removeListener', name => say('removed', name))
       setUp(); process.once('SIGTERM', () => say('heard')); record(); live(); signal('SIGTERM'); setTimeout(signal, 200, 'SIGTERM')`,
    ],
    [
      'that takes its listeners off again',
      `setUp(); process.on('SIGINT', say); process.removeAllListeners('SIGINT'); record(); live(); signal('SIGINT')`,
    ],
    ['that takes all listeners off', `setUp(); process.removeAllListeners(); record(); live(); signal('SIGHUP')`],
    [
      'whose listener throws',
      `setUp(); process.on('SIGTERM', () => { throw Error('of the app') }); record(); live(); signal('SIGTERM')`,
    ],
    ['whose listener of exit throws', `setUp(); process.on('exit', () => { record(); throw Error('of the app') })`],
    ['whose listener of exit sets the code', `setUp(); process.on('exit', () => { record(); process.exitCode = 8 })`],
    ['whose listener of beforeExit ends it', `setUp(); record(); process.once('beforeExit', () => process.exit(5))`],
    ['whose listener of beforeExit works on', `setUp(); process.once('beforeExit', () => setTimeout(record, 20))`],
    [
      'that handles its errors',
      `setUp(); process.on('uncaughtException', () => { say('handled'); record() }); throw Error()`,
    ],
    [
      'whose handler of errors throws',
      `setUp(); record(); process.on('uncaughtException', () => { throw Error('again') }); setTimeout(() => { throw Error('first') }, 20)`,
    ],
    [
      'whose capture of errors throws',
      `setUp(); record(); process.setUncaughtExceptionCaptureCallback(() => { throw Error('again') }); setTimeout(() => { throw Error('first') }, 20)`,
    ],
    ['that replaces process.kill', `setUp(); process.kill = say; record(); live(); signal('SIGTERM')`],
    [
      'that sends signals that do not end it',
      `setUp(); record(); say(process.kill(process.pid, 0)); try { process.kill(2 ** 22 + 1) } catch (e) { say(e.code) }`,
    ],
    [
      'that patches process.emit and takes its patch back',
      `const emit = process.emit; process.emit = function (...args) { return emit.apply(this, args) }
       setUp(); process.emit = emit; record()`,
    ],
    [
      'that patches process.emit after us',
      `setUp(); const emit = process.emit
       process.emit = function (...args) { const result = emit.apply(this, args); if (args[0] === 'exit') record(); return result }`,
    ],
    [
      'with signal-exit, which is unloaded before the end',
      `${signalExit} const unload = onExit(say); setUp(); unload(); record(); process.exitCode = 4`,
    ],
    [
      'with signal-exit, which records last',
      `setUp(); ${signalExit} onExit((code, name) => { say(code, name); record() }); process.exitCode = 4`,
    ],
    [
      'with signal-exit, which keeps it alive',
      `setUp(); ${signalExit} onExit(() => { say('kept'); record(); return true }); live(); signal('SIGTERM')`,
    ],
  ]
  test.concurrent.each(rows)('%s', async (_name, code) => {
    const { alone, together, spans } = await compare(code)
    expect({ ...together, stderr: '' }).toEqual({ ...alone, stderr: '' })
    expect(together.stderr).not.toContain('[@org/otel]')
    expect(spans).toBe(1)
  })
})

describe('a program whose own span processor is flushed at the natural end sees no second beforeExit', () => {
  const options = `{ spanProcessors: [{
    onStart() {}, onEnd() {}, shutdown: async () => {},
    forceFlush: () => new Promise(resolve => setTimeout(() => { process.stderr.write('flushed'); resolve() }, 20)),
  }] }`
  const again = (work: string) =>
    `setUp(); let turns = 0; process.on('beforeExit', async () => { if (turns++ < 2) { ${work} } })`
  const rows: Rows = [
    ['without listeners that work', `setUp()`],
    ['with a listener that sets a timer', again(`setTimeout(say, 30, 'worked')`)],
    ['with a listener that sets it later', again(`await 1; await 2; await 3; setImmediate(say, 'worked')`)],
    [
      'with a listener that reads a file',
      again(`await require('node:fs').promises.readFile('package.json'); say('worked')`),
    ],
    [
      'with a listener that computes',
      again(`await new Promise(done => require('node:crypto').pbkdf2('a', 'b', 1, 1, 'sha1', done)); say('worked')`),
    ],
    ['with a listener that does nothing that holds it', again(`setTimeout(say, 5000).unref(); say('first')`)],
  ]
  test.concurrent.each(rows)('%s', async (_name, code) => {
    const { alone, together } = await compare(code, options)
    expect(together).toEqual({ ...alone, stderr: 'flushed' })
  })
})

describe('after shutdown() everything is as Node made it', () => {
  const rows: Rows = [
    [
      'the methods',
      `const look = () => JSON.stringify(['emit', 'reallyExit', '_kill', 'listenerCount'].map(name => {
         const own = Object.getOwnPropertyDescriptor(process, name)
         return own && { ...own, value: own.value?.name }
       }))
       const found = look(); await setUp()?.shutdown(); say(look() === found)`,
    ],
    ['a signal', `await setUp()?.shutdown(); live(); signal('SIGTERM')`],
    [
      'a signal that is listened to',
      `process.once('SIGTERM', say); await setUp()?.shutdown(); live(); signal('SIGTERM'); setTimeout(signal, 200, 'SIGTERM')`,
    ],
    [
      'with the patches of others',
      `const otel = setUp(); const emit = process.emit; const patch = (...args) => emit.apply(process, args)
       process.emit = patch; await otel?.shutdown(); say(process.emit === patch)`,
    ],
  ]
  test.concurrent.each(rows)('%s', async (_name, code) => {
    const { alone, together } = await compare(`void (async () => { ${code} })()`)
    expect(together).toEqual(alone)
  })
})

test.each([0, 3, 8, 15])(
  'a second signal %i ms later, as npm and a terminal send it, costs nothing and changes nothing',
  async ms => {
    await using receiver = await startReceiver()
    const env = { ...receiver.env, OTEL_SERVICE_NAME: 'leaving' }
    const code = `${prelude}; require('@org/otel').setupOtel(); for (let n = 0; n < 500; n++) record()
      setInterval(() => {}, 1000); say('ready')`
    await using app = await startApp({ ...cjs(code), env, ready: 'ready' })
    app.kill('SIGTERM')
    setTimeout(() => app.kill('SIGTERM'), ms) // the same: of two that are pending the system delivers the lower number first
    expect((await app.ended).signal).toBe('SIGTERM')
    expect(receiver.spans()).toHaveLength(500)
  },
)

test.concurrent.each([0, 2, 5, 10, 20])(
  'a program that has nothing left to do while a batch is under way, after %i ms, ends at once, and all of it arrives',
  async ms => {
    const code = `for (let n = 0; n < 600; n++) record(); setTimeout(say, ${ms}, 'last')
      setInterval(say, 1, 'tick').unref(); process.on('beforeExit', () => setInterval(say, 1, 'late tick').unref())`
    await using receiver = await startReceiver()
    const env = { OTEL_SERVICE_NAME: 'leaving', ...receiver.env }
    const { stdout, ...result } = await run(`setUp();${code}`, `require('@org/otel').setupOtel()`, env)
    expect(result).toEqual({ code: 0, signal: null, stderr: '' })
    expect(stdout.match(/beforeExit/g)).toHaveLength(1)
    expect(stdout).not.toContain('late tick')
    expect(new Set(receiver.spans().map(({ spanId }) => spanId)).size).toBe(600)
  },
)

test('a crash shows the line of the app that threw, and none of ours', async () => {
  const code = `setUp(); process.on('uncaughtException', () => { throw Error('again') }); throw Error('first')`
  const { together } = await compare(code)
  expect(together.stderr).toMatch(/\[eval\]:\d+\n.*throw Error\('again'\)/)
})

test('an empty program with a collector that hangs does not wait', async () => {
  await using collector = await startCollector('hangs', 'http/protobuf')
  const begin = performance.now()
  const env = { ...collector.env, OTEL_NODE_EXIT_TIMEOUT: '15000' }
  const result = await runApp({ ...cjs(`require('@org/otel').setupOtel()`), env })
  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  expect(performance.now() - begin).toBeLessThan(10_000)
})

test.skipIf(!hasContainers)(
  'the first process of a container delivers at each signal, and goes on (needs the right to "unshare --pid")',
  async () => {
    await using receiver = await startReceiver()
    const env = { ...receiver.env, OTEL_SERVICE_NAME: 'leaving', OTEL_BSP_SCHEDULE_DELAY: '60000' }
    const code = `${prelude}; require('@org/otel').setupOtel(); say(process.pid)
      setInterval(() => { record(); process.kill(process.pid, 'SIGTERM') }, 50)`
    const container = { node: 'unshare', nodeOptions: [...inContainer, nodeBinary()] }
    await using app = await startApp({ ...container, ...cjs(code), env, ready: '^1$' })
    await receiver.waitFor(() => receiver.requests().length > 1 && receiver.spans().length > 2)
    expect(app.stderr).toBe('')
  },
)

test.skipIf(!hasContainers)(
  'the first process of a container is not held by a signal that does not end it (needs the right to "unshare --pid")',
  async () => {
    await using collector = await startCollector('hangs', 'http/protobuf')
    const begin = performance.now()
    const code = `${prelude}; require('@org/otel').setupOtel({ exitTimeoutMs: 15_000 }); record()
      process.kill(1, 'SIGTERM'); setTimeout(say, 100, 'lives'); setInterval(say, 1000, 'on')`
    const container = { node: 'unshare', nodeOptions: [...inContainer, nodeBinary()] }
    await using app = await startApp({ ...container, ...cjs(code), env: collector.env, ready: 'lives' })
    expect(app.stdout).toContain('lives')
    expect(performance.now() - begin).toBeLessThan(10_000)
  },
)
