import * as childProcess from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Propagator } from '../../src/config/config.ts'
import type { EnvironmentCarrier } from '../../src/config/environment-carrier.ts'
import type { Problem } from '../../src/diagnostics/problem.ts'
import { installChildProcess } from '../../src/instrumentations/child-process.ts'
import { createPropagation } from '../../src/providers/propagators.ts'

const { noDeprecation } = process
const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = childProcess
const traceId = '11111111111111111111111111111111'
const old = '00-99999999999999999999999999999999-9999999999999999-01'
const own = '00-33333333333333333333333333333333-3333333333333333-01'
const ours = `00-${traceId}-2222222222222222-01`
const span = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '2222222222222222', traceFlags: 1 })
const withBaggage = propagation.setBaggage(span, propagation.createBaggage({ user: { value: 'ann' } }))

const script = 'console.log(JSON.stringify(process.env)); process.send?.(process.env)'
const args = ['-e', script]
const node = process.execPath

let undo = (): void => {}
afterEach(() => undo())

interface Setting {
  readonly inherited?: EnvironmentCarrier
  readonly propagators?: readonly Propagator[]
}

function install({ inherited = {}, propagators = ['tracecontext', 'baggage'] }: Setting = {}): Problem[] {
  const problems: Problem[] = []
  const propagation = createPropagation({ propagators, processPropagation: true }, {})
  propagation.install()
  const uninstall = installChildProcess({ inherited, report: problem => problems.push(problem) })
  undo = () => {
    uninstall()
    propagation.uninstall()
  }
  return problems
}

/** What a child that was given exactly `env` finds in its environment. */
function readChild(env: NodeJS.ProcessEnv, at = span): unknown {
  return JSON.parse(context.with(at, () => execFileSync(node, args, { env, encoding: 'utf8' })))
}

describe('a child finds the active context in its environment:', () => {
  const env = { A: '1' }
  const output = async (child: childProcess.ChildProcess): Promise<string> =>
    (await child.stdout?.setEncoding('utf8').toArray())?.join('') ?? ''
  const ofShell = ['_', 'SHLVL', 'PWD', 'OLDPWD']
  const command = `"${node}" -e '${script}'`
  test.each<[string, () => Promise<string> | string]>([
    ['spawn', () => output(spawn(node, args, { env }))],
    ['spawn with a shell', () => output(spawn(command, { env, shell: true }))],
    ['exec', () => output(exec(command, { env }))],
    ['promisified exec', async () => (await promisify(exec)(command, { env })).stdout],
    ['execFile', () => output(execFile(node, args, { env }))],
    ['promisified execFile', async () => (await promisify(execFile)(node, args, { env })).stdout],
    ['spawnSync', () => spawnSync(node, args, { env, encoding: 'utf8' }).stdout],
    ['execSync', () => execSync(command, { env, encoding: 'utf8' })],
    ['execFileSync', () => execFileSync(node, args, { env, encoding: 'utf8' })],
    ['as property of the module', () => childProcess.execFileSync(node, args, { env, encoding: 'utf8' })],
  ])('%s', async (_name, start) => {
    install()
    const found = Object.entries(JSON.parse(await context.with(withBaggage, start)))
    const expected = { A: '1', TRACEPARENT: ours, BAGGAGE: 'user=ann' }
    expect(Object.fromEntries(found.filter(([name]) => !ofShell.includes(name)))).toEqual(expected)
  })

  test('fork', async () => {
    install()
    const child = context.with(span, () => fork('-e', [script], { env, silent: true, execArgv: [] }))
    const [found] = await once(child, 'message')
    expect(found).toMatchObject({ A: '1', TRACEPARENT: ours })
  })
})

test('without an environment of its own a child gets ours and the context', () => {
  install()
  const found = JSON.parse(context.with(span, () => execFileSync(node, args, { encoding: 'utf8' })))
  expect(found).toMatchObject({ PATH: process.env['PATH'], TRACEPARENT: ours })
})

describe('nothing is changed', () => {
  const env = { A: '1', TRACEPARENT: old }
  test.each([
    ['where nothing is active', ROOT_CONTEXT],
    ['where tracing is suppressed', suppressTracing(withBaggage)],
  ])('%s', (_name, at) => {
    install()
    expect(readChild(env, at)).toEqual(env)
  })

  test('after the undo', () => {
    const { prototype } = childProcess.ChildProcess
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'spawn')
    install()
    undo()
    expect(Object.getOwnPropertyDescriptor(prototype, 'spawn')).toEqual(descriptor)
    expect(process.noDeprecation).toBe(noDeprecation)
    expect(readChild(env)).toEqual(env)
  })

  test('after the undo, also in what somebody else has put around ours', () => {
    const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: (options: object) => unknown }
    const { spawn } = prototype
    install()
    const ours = prototype.spawn
    const theirs = vi.fn<(options: object) => unknown>(function (this: unknown, options) {
      return ours.call(this, options)
    })
    prototype.spawn = theirs
    undo()
    expect(prototype.spawn).toBe(theirs)
    prototype.spawn = spawn
  })

  test('where no propagator is wanted', () => {
    install({ propagators: [] })
    expect(readChild(env)).toEqual(env)
  })
})

describe('of what is there already', () => {
  const inherited = { TRACEPARENT: old, TRACESTATE: 'old=1', BAGGAGE: 'old=1' }
  test.each<[string, NodeJS.ProcessEnv, NodeJS.ProcessEnv]>([
    ['what was inherited is replaced, and goes where ours has no such part', inherited, { TRACEPARENT: ours }],
    ["the app's own parent stays, alone", { TRACEPARENT: own }, { TRACEPARENT: own }],
    [
      "the app's own parent stays with its trace state",
      { TRACEPARENT: own, TRACESTATE: 'own=1' },
      { TRACEPARENT: own, TRACESTATE: 'own=1' },
    ],
    [
      "the app's own parent stays with a trace state that was inherited",
      { TRACEPARENT: own, TRACESTATE: 'old=1' },
      { TRACEPARENT: own, TRACESTATE: 'old=1' },
    ],
    [
      "the app's own baggage stays beside our parent",
      { ...inherited, BAGGAGE: 'own=1' },
      { TRACEPARENT: ours, BAGGAGE: 'own=1' },
    ],
  ])('%s', (_name, env, expected) => {
    install({ inherited })
    expect(readChild(env)).toEqual(expected)
  })

  test("an app's own parent stays where ours has baggage", () => {
    install({ inherited })
    expect(readChild({ TRACEPARENT: own }, withBaggage)).toEqual({ TRACEPARENT: own, BAGGAGE: 'user=ann' })
  })

  test.each([
    ['where nothing is active', ROOT_CONTEXT],
    ['where tracing is suppressed', suppressTracing(withBaggage)],
  ])('what was inherited is not handed on %s', (_name, at) => {
    install({ inherited })
    expect(readChild({ ...inherited, A: '1' }, at)).toEqual({ A: '1' })
  })

  test('what was inherited and is no context is a variable of the app', () => {
    const luggage = { BAGGAGE: 'my checked luggage' }
    install({ inherited: luggage })
    expect(readChild(luggage)).toEqual({ TRACEPARENT: ours, ...luggage })
    expect(readChild(luggage, withBaggage)).toEqual({ TRACEPARENT: ours, ...luggage })
  })

  test('an empty parent that was inherited is none, and one that the app gives cuts the trace', () => {
    install({ inherited: { TRACEPARENT: '' } })
    expect(readChild({ TRACEPARENT: '' })).toEqual({ TRACEPARENT: ours })
    undo()
    install({ inherited })
    expect(readChild({ TRACEPARENT: '' })).toEqual({ TRACEPARENT: '' })
  })

  test('what the app puts into its own environment later is its own', () => {
    const environment: Record<string, string> = { TRACEPARENT: old }
    install({ inherited: environment })
    environment['TRACEPARENT'] = own
    expect(readChild(environment)).toEqual({ TRACEPARENT: own })
  })
})

test.each<[Propagator, EnvironmentCarrier]>([
  ['b3', { B3: `${traceId}-2222222222222222-1` }],
  ['b3multi', { X_B3_TRACEID: traceId, X_B3_SPANID: '2222222222222222', X_B3_SAMPLED: '1' }],
])('%s is written by the names that it has in the environment', (name, expected) => {
  install({ propagators: [name] })
  expect(readChild({})).toEqual(expected)
})

describe('odd input is what it is without us:', () => {
  const attempts: Readonly<Record<string, () => unknown>> = {
    'no arguments': () => (spawn as () => unknown)(),
    'no file': () => spawnSync(''),
    'a command that is not there': () => execFileSync('/nowhere'),
    'an environment that is no object': () => spawnSync('true', [], { env: 7 as never }).status,
    'an environment that throws': () =>
      spawnSync('true', {
        env: {
          get A(): string {
            throw new Error('getter')
          },
        },
      }),
    'options that are no object': () => spawnSync('true', [], 7 as never),
    'a user that is not there': () => spawnSync('true', { uid: -7 }),
    'a handle that is started without options': () => {
      const child = new childProcess.ChildProcess() as unknown as { spawn(options?: unknown): void }
      child.spawn()
    },
    'a handle that is started without an environment': () => {
      const child = new childProcess.ChildProcess() as unknown as { spawn(options: object): number }
      return child.spawn({ file: 'true', args: ['true'], stdio: 'ignore' })
    },
  }
  test.each(Object.keys(attempts))('%s', name => {
    const attempt = () => {
      try {
        return { returned: attempts[name]?.() }
      } catch (error) {
        return { thrown: String(error) }
      }
    }
    const { returned, thrown } = attempt()
    const problems = install()
    expect(withoutPid(context.with(span, attempt))).toEqual(withoutPid({ returned, thrown }))
    expect(problems).toEqual([])
  })

  test('frozen options and a frozen environment', () => {
    install()
    const env = Object.freeze({ A: '1' })
    expect(readChild(env)).toEqual({ A: '1', TRACEPARENT: ours })
    const options = Object.freeze({ env, encoding: 'utf8' as const })
    const found = context.with(span, () => execFileSync(node, args, options))
    expect(JSON.parse(found)).toEqual({ A: '1', TRACEPARENT: ours })
    expect(env).toEqual({ A: '1' })
  })

  test('a signal that aborts', async () => {
    install()
    const child = context.with(span, () => spawn(node, args, { signal: AbortSignal.abort() }))
    const [error] = await once(child, 'error')
    expect(error).toMatchObject({ name: 'AbortError' })
  })
})

test('a propagator that throws costs no child, and is reported', () => {
  const problems = install()
  propagation.disable()
  propagation.setGlobalPropagator({
    inject() {
      throw new Error('inject')
    },
    extract: context => context,
    fields: () => [],
  })
  expect(readChild({ A: '1' })).toEqual({ A: '1' })
  expect(problems).toMatchObject([{ code: 'patch-failed' }])
})

/** Each child has a number of its own, and takes its time. */
function withoutPid(result: { returned?: unknown; thrown?: string | undefined }): unknown {
  const { returned, thrown } = result
  if (typeof returned !== 'object' || returned === null) return { returned, thrown }
  return { returned: { ...returned, pid: undefined }, thrown }
}
