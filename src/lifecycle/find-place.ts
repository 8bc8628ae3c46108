import type { Cluster } from 'node:cluster'
import { readFileSync, realpathSync } from 'node:fs'
import * as threads from 'node:worker_threads'
import { isStartedByLauncher, nameLauncher, nameTestRunner } from './launchers.ts'
import { type Environment, readPm2App } from './pm2.ts'

type Role = 'main' | 'cluster_primary' | 'cluster_worker' | 'child' | 'thread'

/** Where this process or thread stands among those of the app. */
export interface Place {
  /** The variables that are meant for this program. */
  readonly env: Environment
  /** The script that was started, as the user knows it. */
  readonly entry: string | undefined
  /** A process that forks becomes the primary of a cluster by it, so this changes. */
  readonly role: Role
  /** Of a cluster worker, or of an instance that PM2 started. */
  readonly workerId: number | undefined
  /** 0 in the main thread. */
  readonly threadId: number
  /** Another program of ours began it, to have work done: it need not wait. */
  readonly isWorker: boolean
  /** The name of a program, or thread, that serves others and is no part of the app. */
  readonly bystander: string | undefined
  /** The context in which this was started, as environment variables carry it. */
  readonly carrier: Environment
}

/** Written by each process that is not a bystander, for its descendants. The name passes where only `OTEL_*` does. */
export const parentVariable = 'OTEL_NODE_PARENT_PID'
/** Written by each process that is one: there are systems on which nobody can see what a parent runs. */
export const launcherVariable = 'OTEL_NODE_LAUNCHER_PID'

/** What a thread of ours gives to those that it starts. */
interface EnvironmentData {
  readonly isBystander?: boolean
  readonly carrier?: Environment
}
const dataKey = '@org/otel'

export function findPlace(env: Environment): Place {
  return threads.isMainThread ? findProcess(env) : findThread(env)
}

/** The threads of a bystander are bystanders too. */
export function tellThreads(data: EnvironmentData): void {
  threads.setEnvironmentData(dataKey, { ...data })
}

function findThread(env: Environment): Place {
  const { isBystander, carrier } = Object(threads.getEnvironmentData(dataKey)) as EnvironmentData
  return {
    env,
    entry: process.argv[1],
    role: 'thread',
    workerId: undefined,
    threadId: threads.threadId,
    isWorker: true,
    bystander: isBystander
      ? 'a thread of a program that only runs others'
      : nameLauncher(process.argv[1], realpathSync.native),
    carrier: carrier ?? env,
  }
}

function findProcess(env: Environment): Place {
  const pm2 = readPm2App(env, process.argv[1])
  const entry = pm2?.entry ?? process.argv[1]
  const clusterId = process.channel === undefined ? undefined : readCluster().worker?.id
  // What PM2 starts is a child of its daemon, whoever called its command.
  const isDescendant = pm2 === undefined && ![undefined, '', String(process.pid)].includes(env[parentVariable])
  const isWorker = clusterId !== undefined || isDescendant || (process.channel !== undefined && !isLaunched(env))
  return {
    env: pm2?.env ?? env,
    entry,
    get role() {
      if (clusterId !== undefined) return 'cluster_worker'
      if (isWorker) return 'child'
      return isPrimary() ? 'cluster_primary' : 'main'
    },
    workerId: pm2?.instance ?? clusterId,
    threadId: 0,
    isWorker,
    get bystander() {
      return nameTestRunner(process.execArgv) ?? nameLauncher(entry, realpathSync.native)
    },
    // PM2's daemon hands down whatever there was when it was started, long ago.
    carrier: pm2 === undefined ? env : {},
  }
}

/** A channel to the process that started this one does not make a worker of it where that only watches or restarts it. */
function isLaunched(env: Environment): boolean {
  if (env[launcherVariable] === String(process.ppid)) return true
  return isStartedByLauncher({
    env,
    script: process.argv[1],
    execArgv: process.execArgv,
    realpath: realpathSync.native,
    readParent: () => readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8'),
  })
}

/** Node fills in the settings when a cluster begins, and they stay when all its workers have gone. */
function isPrimary(): boolean {
  return Object.keys(readCluster().settings).length > 0
}

/** Loaded when somebody asks. */
function readCluster(): Cluster {
  return process.getBuiltinModule('cluster') as unknown as Cluster
}
