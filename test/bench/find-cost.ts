import { compareAdded } from './compare.ts'
import { describeCosts, describeSaturations } from './describe-rounds.ts'
import { asRatio } from './findings.ts'
import type { Part } from './part.ts'
import { small } from './programs.ts'
import { measureRounds } from './rounds.ts'
import { bare, before, datadog, modes, ours, stock } from './variants.ts'

const rows = [
  { what: '100 % traces + metrics', of: 'ours 100 %', to: 'stock 100 %', bar: 0.25, aim: 0.12 },
  { what: '100 %', of: 'ours 100 %', to: 'dd-trace', bar: 0.5, aim: 0.25 },
  { what: '10 % traces + metrics', of: 'ours 10 %', to: 'stock 10 %', bar: 0.2, aim: 0.08 },
  { what: 'metrics only', of: 'ours metrics only', to: 'stock metrics only', bar: 0.15, aim: 0.06 },
] as const

/** What a small Express request costs. */
export const findCost: Part = async options => {
  const { register, rounds, say } = options
  const variants = [
    bare,
    ...modes.flatMap(mode => [ours(register, mode), ...before(options.before, mode), stock(mode)]),
    datadog,
  ]
  const saturated = { path: '/people/17', seconds: 2 }
  const pace = { warmUp: 40_000, rate: 4000, seconds: 6, perTurn: 1000 }
  const measured = await measureRounds({ program: small, variants, rounds, ...pace, saturated, say })
  const uses = measured.map(({ costs }) => costs)
  return {
    findings: rows.map(({ what, of, to, bar, aim }) => ({
      figure: `CPU added per Express request, ${what}, ours / ${to.split(' ')[0]}`,
      estimate: compareAdded(uses, of, to),
      bar,
      aim,
      show: asRatio,
    })),
    details: [
      describeCosts(`A small Express request, ${pace.rate} a second`, uses),
      describeSaturations('The same, as many requests as the service takes', measured),
    ],
  }
}
