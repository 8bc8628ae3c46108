import { compareAdded } from './compare.ts'
import { describeCosts, describeLatencies } from './describe-rounds.ts'
import { meanOf } from './estimate.ts'
import { asPercentMore, asRatio } from './findings.ts'
import type { Part } from './part.ts'
import { shop } from './programs.ts'
import { measureRounds } from './rounds.ts'
import { startSurroundings } from './shop-surroundings.ts'
import { bare, before, datadog, modes, ours, stock } from './variants.ts'

const latencyRows = [
  { mode: 'metrics only', bar: 1, aim: 0.5 },
  { mode: '10 %', bar: 2, aim: 1 },
  { mode: '100 %', bar: 5, aim: 2 },
] as const

/** What a request costs that does one pg query, one redis get and one outgoing HTTP call, and how much later it is answered. */
export const findShop: Part = async options => {
  const { register, rounds, say } = options
  await using surroundings = await startSurroundings()
  const variants = [
    bare,
    ...modes.map(mode => ours(register, mode)),
    ...before(options.before, '100 %'),
    stock('100 %'),
    datadog,
  ]
  const pace = { warmUp: 15_000, rate: 500, seconds: 10, perTurn: 200 }
  const { env } = surroundings
  const measured = await measureRounds({ program: shop, variants, rounds, ...pace, timed: 3000, env, say })
  const uses = measured.map(({ costs }) => costs)
  const latencies = measured.map(({ latencies }) => latencies)
  return {
    findings: [
      {
        figure: 'CPU added per request with pg, redis and an outgoing call, 100 %, ours / stock',
        estimate: compareAdded(uses, 'ours 100 %', 'stock 100 %'),
        bar: 0.4,
        aim: 0.2,
        show: asRatio,
      },
      ...latencyRows.map(({ mode, bar, aim }) => ({
        figure: `median latency of that request, against bare, ${mode}`,
        estimate: meanOf(latencies.map(round => (round[`ours ${mode}`]! / round['bare']! - 1) * 100)),
        bar,
        aim,
        show: asPercentMore,
        needsCertainty: true,
      })),
    ],
    details: [
      describeCosts(`A request with pg, redis and an outgoing call, ${pace.rate} a second`, uses),
      describeLatencies('The same request, one at a time: median latency', latencies),
    ],
  }
}
