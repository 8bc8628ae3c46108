// What telemetry costs each process and thread of an app: time until it serves, and resident memory. With and without
// us in turns, so that both meet whatever else the machine does.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startReceiver } from '../../src/testing.ts'
import { layOutLauncher } from '../harness/launcher.ts'
import { median } from './median.ts'

const runs = Number(process.argv[2] ?? 9)
const apps = join(import.meta.dirname, '../apps/measured')
const service = join(apps, 'service.cjs')
const register = join(import.meta.dirname, '../../dist/register.js')
const settings = { OTEL_SERVICE_NAME: 'measured', OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_NODE_EXIT_TIMEOUT: '10000' }

/** Whatever else the machine does makes a start slower, never faster: of those the fastest is taken, of the rest the median. */
const units = [
  { of: 'ms', what: 'serves after', pick: fastest, show: inMs, limit: { speaks: 150, waits: 50 } },
  { of: 'cpuMs', what: 'processor time', pick: median, show: inMs, limit: { speaks: 200, waits: 50 } },
  { of: 'mib', what: 'memory', pick: median, show: inMib, limit: { speaks: 20, waits: 5 } },
] as const

interface Launch {
  readonly flags: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

interface Kind {
  readonly name: string
  readonly does: 'speaks' | 'waits'
  start(launch: Launch): ChildProcess
}

const kinds: readonly Kind[] = [
  { name: 'process', does: 'speaks', start: launch => run(service, launch) },
  { name: 'cluster worker', does: 'speaks', start: forkWorker },
  { name: 'forked child', does: 'speaks', start: forkChild },
  { name: 'thread', does: 'speaks', start: startThread },
  { name: 'process that waits', does: 'waits', start: launch => run(service, defer(launch)) },
  {
    name: 'npm, PM2 and their like',
    does: 'waits',
    start: launch => run(layOutLauncher('node_modules/nodemon/bin/nodemon.js', service).file, launch),
  },
]

function run(file: string, { flags, env }: Launch, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--expose-gc', ...flags, file, ...args], { env })
}

function forkWorker({ flags, env }: Launch): ChildProcess {
  cluster.setupPrimary({ exec: service, args: [], execArgv: ['--expose-gc', ...flags], silent: true })
  return cluster.fork(env).process
}

function forkChild({ flags, env }: Launch): ChildProcess {
  return fork(service, { execArgv: ['--expose-gc', ...flags], env, silent: true })
}

function startThread({ flags, env }: Launch): ChildProcess {
  return run(join(apps, 'thread.cjs'), { flags: [], env }, ...flags)
}

function defer({ flags, env }: Launch): Launch {
  return { flags, env: { ...env, _OTEL_DEFER_SETUP: 'True' } }
}

interface Cost {
  readonly ms: number
  readonly cpuMs: number
  readonly mib: number
}

/** From the start to the first request that it could answer, and what the process holds after one. */
async function measure({ start, does }: Kind, isWithUs: boolean): Promise<Cost> {
  await using receiver = await startReceiver()
  let begin = performance.now()
  const child = start({
    flags: isWithUs ? ['--import', register] : [],
    env: { ...process.env, ...receiver.env, ...settings },
  })
  child.stderr?.pipe(process.stderr)
  const exit = once(child, 'exit')
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
  const read = async (): Promise<[string, number]> => {
    const [word = '', number] = ((await lines.next()).value ?? '').split(' ')
    return [word, Number(number)]
  }
  const ask = async (what: string): Promise<number> => {
    child.stdin!.write(`${what}\n`)
    return (await read())[1]
  }

  let [word, cpu] = await read()
  let cpuBefore = 0
  if (word === 'host') {
    begin = performance.now()
    cpuBefore = cpu
    ;[word, cpu] = await read()
  }
  const ms = performance.now() - begin
  if (word !== 'ready' || (await ask('work')) !== 200) throw new Error(`not the service: ${word}`)
  if (isWithUs && does === 'speaks') await receiver.waitFor(r => r.spans().some(({ kind }) => kind === 'SERVER'))
  const memory = await ask('memory')
  child.stdin!.write('end\n')
  await exit
  if (does === 'waits' && receiver.requests().length > 0) throw new Error('who should wait has spoken')
  return { ms, cpuMs: (cpu - cpuBefore) / 1000, mib: memory / 2 ** 20 }
}

function inMs(number: number): string {
  return `${Math.round(number)} ms`
}

function inMib(number: number): string {
  return `${number.toFixed(1)} MiB`
}

function fastest(numbers: readonly number[]): number {
  return Math.min(...numbers)
}

const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`)

console.log(`Node ${process.version}, ${runs} pairs\n`)
const header = units.flatMap(({ what }) => [what, 'with telemetry', 'more'])
row(['', ...header])
row(['---', ...header.map(() => '---:')])
for (const kind of kinds) {
  const alone: Cost[] = []
  const withUs: Cost[] = []
  for (let count = -1; count < runs; count += 1) {
    for (const isWithUs of count % 2 === 0 ? [true, false] : [false, true]) {
      const cost = await measure(kind, isWithUs)
      if (count >= 0) (isWithUs ? withUs : alone).push(cost) // the first reads the disk
    }
  }
  const cells = units.flatMap(({ of, pick, show, limit }) => {
    const [before, after] = [alone, withUs].map(costs => pick(costs.map(cost => cost[of]))) as [number, number]
    const more = after - before
    if (more > limit[kind.does]) process.exitCode = 1
    return [show(before), show(after), `${more < 0 ? '' : '+'}${show(more)}`]
  })
  row([kind.name, ...cells])
}
