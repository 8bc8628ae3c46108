// Asks services in turns, from a process of its own and in an order that changes, so that whatever else the machine does
// happens to all. While one is asked the others stand still: a service on a machine of its own meets warm caches too.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'

export interface Target {
  readonly pid: number
  readonly port: number
  readonly path: string
}

export interface LoadOrder {
  readonly targets: readonly Target[]
  readonly connections: number
  /** Requests to each target in a turn. */
  readonly perTurn: number
  readonly turns: number
  /** Each connection asks no sooner than this after it asked before. 0: as soon as all are answered. */
  readonly everyMs: number
  /** Whether the time of each request is wanted. */
  readonly timesWanted?: boolean
}

export interface LoadReport {
  readonly tookMs: number
  readonly failed: number
  /** For each target, in milliseconds. */
  readonly times: readonly (readonly number[])[]
  /** For each target, what it used in each turn. */
  readonly cpuUs: readonly (readonly number[])[]
}

const stopped = new Set<number>()

process.on('message', async (order: LoadOrder) => process.send!({ answer: await run(order) }))
process.on('disconnect', () => process.exit())
process.on('exit', () => stopped.forEach(resume))
process.send!({ answer: true })

async function run({ targets, connections, perTurn, turns, everyMs, timesWanted }: LoadOrder): Promise<LoadReport> {
  const lines = targets.map(({ port, path }) => Array.from({ length: connections }, () => new Connection(port, path)))
  const times: number[][] = targets.map(() => [])
  const cpuUs: number[][] = targets.map(() => [])
  const order = targets.map((_, index) => index)
  let failed = 0
  const ask = async (connection: Connection, into: number[]) => {
    const begin = performance.now()
    if (!(await connection.request())) failed += 1
    else if (timesWanted) into.push(performance.now() - begin)
  }
  const begin = performance.now()
  targets.forEach(({ pid }) => stop(pid))
  for (let turn = 0; turn < turns; turn += 1) {
    for (const target of shuffle(order)) {
      const { pid } = targets[target]!
      const usedBefore = readCpuUs(pid)
      resume(pid)
      const turnBegin = performance.now()
      for (let wave = 0; wave < perTurn / connections; wave += 1) {
        const early = turnBegin + wave * everyMs - performance.now()
        if (early > 0) await sleep(early)
        await Promise.all(lines[target]!.map(connection => ask(connection, times[target]!)))
      }
      stop(pid)
      cpuUs[target]!.push(readCpuUs(pid) - usedBefore)
    }
  }
  stopped.forEach(resume)
  const tookMs = performance.now() - begin
  lines.flat().forEach(connection => connection.close())
  return { tookMs, failed, times, cpuUs }
}

/** Of all its threads, to the nanosecond; the process itself counts in steps of a clock. */
function readCpuUs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const used = threads.map(thread =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)),
  )
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1000
}

function stop(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  stopped.add(pid)
}

function resume(pid: number): void {
  stopped.delete(pid)
  process.kill(pid, 'SIGCONT')
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[items[last], items[other]] = [items[other]!, items[last]!]
  }
  return items
}
