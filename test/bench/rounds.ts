import { startFleet } from './fleet.ts'
import { median, midmean } from './median.ts'
import { audit, type Program } from './programs.ts'
import { type Saturation, saturate } from './saturate.ts'
import type { Variant } from './variants.ts'

export interface RoundsOptions {
  readonly program: Program
  readonly variants: readonly Variant[]
  readonly rounds: number
  /** Requests to each service before anything is measured: until nothing is compiled any more. */
  readonly warmUp: number
  /** Requests a second to a service while it is its turn, and for how long altogether. */
  readonly rate: number
  readonly seconds: number
  /** Requests to one service before it is the next one's turn. */
  readonly perTurn: number
  /** Where and how long each service is then asked as much as it takes. What arrives of that is not looked at: queues may overflow. */
  readonly saturated?: { readonly path: string; readonly seconds: number }
  /** How many requests, one at a time, are to be timed; none where it is left out. */
  readonly timed?: number
  readonly env?: Readonly<Record<string, string>>
  say(line: string): void
}

/** For each variant by name. */
export interface Round {
  /** Microseconds of processor time per request, at the fixed rate. */
  readonly costs: Readonly<Record<string, number>>
  readonly saturations: Readonly<Record<string, Saturation>>
  /** Median milliseconds to the answer. */
  readonly latencies: Readonly<Record<string, number>>
}

const connections = 10

/**
 * Each round starts all variants anew, side by side, and asks them in turns, so that they meet the same machine. Rounds
 * in which not everything arrived are void and made again, a bounded number of times.
 */
export async function measureRounds(options: RoundsOptions): Promise<Round[]> {
  const { rounds, say } = options
  const good: Round[] = []
  for (let attempt = 1; good.length < rounds; attempt += 1) {
    const { round, complaints } = await measureRound(options)
    say(`${options.program.file}, round ${attempt}: ${describe(round.costs)}`)
    complaints.forEach(complaint => say(`  void: ${complaint}`))
    if (complaints.length === 0) good.push(round)
    else if (attempt - good.length > rounds) throw new Error(`${attempt - good.length} of ${attempt} rounds are void`)
  }
  return good
}

interface Measured {
  readonly round: Round
  readonly complaints: readonly string[]
}

async function measureRound(options: RoundsOptions): Promise<Measured> {
  const { program, variants, rate, seconds, perTurn, warmUp, saturated, timed = 0, env = {} } = options
  const fleet = await startFleet({ program, variants, env })
  const turns = Math.ceil((rate * seconds) / perTurn)
  const warmUpTurns = Math.ceil(warmUp / perTurn)

  const warm = await fleet.load({ connections, perTurn, turns: warmUpTurns, everyMs: 0 })
  const load = await fleet.load({ connections, perTurn, turns, everyMs: (1000 * connections) / rate })
  const alone = { connections: 1, perTurn: 20, turns: Math.ceil(timed / 20), everyMs: 0, timesWanted: true }
  const walk = await fleet.load(alone)
  const saturations = saturated ? await saturate(fleet, saturated) : {}
  const arrivals = await fleet.end()

  const requests = (warmUpTurns + turns) * perTurn + alone.turns * alone.perTurn
  const failed = warm.failed + load.failed + walk.failed
  const byName = <Value>(value: (index: number) => Value): Record<string, Value> =>
    Object.fromEntries(variants.map(({ name }, index) => [name, value(index)]))
  return {
    round: {
      costs: byName(index => midmean(load.cpuUs[index]!) / perTurn),
      saturations,
      latencies: timed > 0 ? byName(index => median(walk.times[index]!)) : {},
    },
    complaints: [
      ...(failed > 0 ? [`${failed} requests failed`] : []),
      ...variants.flatMap(variant => audit(program, variant, requests, arrivals[variant.name])),
    ],
  }
}

function describe(costs: Round['costs']): string {
  const cells = Object.entries(costs).map(([name, us]) => `${name} ${us.toFixed(1)}`)
  return `${cells.join(', ')} us a request`
}
