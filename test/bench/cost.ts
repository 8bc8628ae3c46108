import { startFleet, type Usage } from './fleet.ts'
import { audit, type Program } from './programs.ts'
import type { Variant } from './variants.ts'

export interface CostOptions {
  readonly program: Program
  readonly variants: readonly Variant[]
  readonly rounds: number
  /** Requests a second to each service. */
  readonly rate: number
  /** How long they are measured. */
  readonly seconds: number
  /** Requests before that: until nothing is compiled any more. */
  readonly warmUp: number
  readonly env?: Readonly<Record<string, string>>
  say(line: string): void
}

/** Microseconds of processor time per request, for each variant by name. */
export type CostRound = Readonly<Record<string, number>>

const connections = 10
const perTurn = 50

/**
 * Each round starts all variants anew, side by side, and asks them in turns at a fixed rate. All of what a process uses in
 * that time counts: what it exports then too.
 */
export async function measureCost(options: CostOptions): Promise<CostRound[]> {
  const { rounds, say } = options
  const good: CostRound[] = []
  for (let attempt = 1; good.length < rounds; attempt += 1) {
    const { costs, complaints, note } = await measureRound(options)
    say(`round ${attempt}: ${describe(costs)}; ${note}`)
    complaints.forEach(complaint => say(`  void: ${complaint}`))
    if (complaints.length === 0) good.push(costs)
    if (attempt >= 2 * rounds && good.length < rounds) throw new Error(`only ${good.length} of ${attempt} rounds count`)
  }
  return good
}

async function measureRound(options: CostOptions) {
  const { program, variants, rate, seconds, warmUp, env = {} } = options
  const fleet = await startFleet({ program, variants, env })
  const usages = (): Promise<Usage[]> => Promise.all(fleet.services.map(service => service.usage()))
  const turns = Math.ceil((rate * seconds) / perTurn)
  const warmUpTurns = Math.ceil(warmUp / perTurn)

  const warm = await fleet.load({ connections, perTurn, turns: warmUpTurns, everyMs: 0 })
  const before = await usages()
  const load = await fleet.load({ connections, perTurn, turns, everyMs: (1000 * perTurn) / rate })
  const after = await usages()
  const arrivals = await fleet.end()

  const requests = (warmUpTurns + turns) * perTurn
  const cost = (index: number) => (after[index]!.cpuUs - before[index]!.cpuUs) / (turns * perTurn)
  const failed = warm.failed + load.failed
  return {
    costs: Object.fromEntries(variants.map(({ name }, index) => [name, cost(index)])),
    complaints: [
      ...(failed > 0 ? [`${failed} requests failed`] : []),
      ...variants.flatMap(variant => audit(program, variant, requests, arrivals[variant.name])),
    ],
    note: `${Math.round((1000 * turns * perTurn) / load.tookMs)} requests/s each`,
  }
}

function describe(costs: CostRound): string {
  return Object.entries(costs)
    .map(([name, us]) => `${name} ${us.toFixed(1)}`)
    .join(', ')
}
