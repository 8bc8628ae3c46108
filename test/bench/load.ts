// Asks services in turns, from a process of its own: all of them within each few milliseconds, in an order that changes,
// so that whatever else the machine does happens to all.
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'

export interface Target {
  readonly port: number
  readonly path: string
}

export interface LoadOrder {
  readonly targets: readonly Target[]
  readonly connections: number
  /** Requests to each target in a turn. */
  readonly perTurn: number
  readonly turns: number
  /** A turn begins no sooner than this after the one before. 0: right after it. */
  readonly everyMs: number
  /** Whether the time of each request is wanted. */
  readonly timesWanted?: boolean
}

export interface LoadReport {
  readonly tookMs: number
  readonly failed: number
  /** For each target, in milliseconds. */
  readonly times: readonly (readonly number[])[]
}

process.on('message', async (order: LoadOrder) => process.send!({ answer: await run(order) }))
process.on('disconnect', () => process.exit())
process.send!({ answer: true })

async function run({ targets, connections, perTurn, turns, everyMs, timesWanted }: LoadOrder): Promise<LoadReport> {
  const lines = targets.map(({ port, path }) => Array.from({ length: connections }, () => new Connection(port, path)))
  const times: number[][] = targets.map(() => [])
  const order = targets.map((_, index) => index)
  let failed = 0
  const askInTurn = async (connection: Connection, count: number, into: number[]) => {
    for (let done = 0; done < count; done += 1) {
      const begin = performance.now()
      if (!(await connection.request())) failed += 1
      else if (timesWanted) into.push(performance.now() - begin)
    }
  }
  const begin = performance.now()
  for (let turn = 0; turn < turns; turn += 1) {
    const early = begin + turn * everyMs - performance.now()
    if (early > 0) await sleep(early)
    for (const target of shuffle(order)) {
      const each = perTurn / connections
      await Promise.all(lines[target]!.map(connection => askInTurn(connection, each, times[target]!)))
    }
  }
  const tookMs = performance.now() - begin
  lines.flat().forEach(connection => connection.close())
  return { tookMs, failed, times }
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[items[last], items[other]] = [items[other]!, items[last]!]
  }
  return items
}
