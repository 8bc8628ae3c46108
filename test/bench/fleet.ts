import { type ForkOptions, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Arrivals } from './count-arrivals.ts'
import { Child } from './child.ts'
import type { LoadOrder, LoadReport } from './load.ts'
import type { Program } from './programs.ts'
import type { SinkOrder } from './sink.ts'
import { peers, speakTo, type Variant } from './variants.ts'

interface Usage {
  readonly cpuUs: number
  readonly rss: number
}

export interface Service {
  readonly variant: Variant
  readonly pid: number
  readonly port: number
  usage(): Promise<Usage>
}

/** All variants of one program at once, what asks them and what takes what they send: each a process. */
export interface Fleet {
  readonly services: readonly Service[]
  load(order: Omit<LoadOrder, 'targets'>): Promise<LoadReport>
  /** Lets all services come to their natural end, and tells what arrived from each. */
  end(): Promise<Readonly<Record<string, Arrivals>>>
}

export interface FleetOptions {
  readonly program: Program
  readonly variants: readonly Variant[]
  readonly env?: Readonly<Record<string, string>>
}

type ServiceOrder = 'usage' | 'end'

export async function startFleet({ program, variants, env }: FleetOptions): Promise<Fleet> {
  const sink = await Child.start<SinkOrder, number>(`${import.meta.dirname}/sink.ts`)
  const load = await Child.start<LoadOrder, true>(`${import.meta.dirname}/load.ts`)
  const children: Child<ServiceOrder, number>[] = []
  for (const variant of variants) {
    const { flags, name } = variant
    children.push(
      await Child.start(`${peers}/${program.file}`, {
        cwd: peers,
        ...runOnOneCore(flags),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...plainEnvironment(), ...speakTo(sink.greeting, name), ...variant.env, ...env },
      }),
    )
  }
  const services = children.map((child, index) => ({
    variant: variants[index]!,
    pid: child.pid,
    port: child.greeting,
    usage: () => child.ask<Usage>('usage'),
  }))
  const targets = services.map(({ pid, port }) => ({ pid, port, path: program.path }))
  return {
    services,
    load: order => load.ask({ targets, ...order }),
    async end() {
      await load.stop()
      for (const child of children) {
        await child.ask('end') // one after the other, so that each has the time to send what it has left
        await child.ended()
      }
      const arrivals = await sink.ask<Readonly<Record<string, Arrivals>>>('count')
      await sink.stop()
      return arrivals
    },
  }
}

/**
 * All services run on the same core, and are asked from another: where the scheduler puts a process would otherwise make
 * one several percent slower than its twin.
 */
function runOnOneCore(flags: readonly string[]): Pick<ForkOptions, 'execPath' | 'execArgv'> {
  if (!canChooseCore) return { execArgv: [...flags] }
  return { execPath: 'taskset', execArgv: ['--cpu-list', '0', process.execPath, ...flags] }
}

const canChooseCore = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** Nothing that the machine's owner has set for themselves, and what a service in production has. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, NODE_ENV: 'production' }
}
