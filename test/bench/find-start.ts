import { addedBy, compareAdded, usedBy } from './compare.ts'
import { medianOf } from './estimate.ts'
import { asCount, asMs, asRatio, type Finding } from './findings.ts'
import type { Part } from './part.ts'
import { showSpread } from './show-spread.ts'
import { countFiles, measureStart, type Start, type StartProgram, startPrograms, type StartRound } from './start.ts'
import type { Table } from './table.ts'
import { bare, before, datadog, disabled, ours, stock } from './variants.ts'

const units = [
  { of: 'ms', what: 'ms' },
  { of: 'cpuMs', what: 'CPU ms' },
  { of: 'mib', what: 'MiB resident' },
] as const

/** What a start costs. */
export const findStart: Part = async options => {
  const { register, say } = options
  const variants = [
    bare,
    ours(register, '100 %'),
    ...before(options.before, '100 %'),
    disabled(register),
    stock('100 %'),
    datadog,
  ]
  const files = new Map<string, number>()
  for (const variant of variants) files.set(variant.name, await countFiles(variant))
  // A start is short: three times as many rounds as others need.
  const measured = await measureStart({ variants, rounds: 3 * options.rounds, say })
  const programs = Object.keys(startPrograms) as StartProgram[]
  const ratio = (program: StartProgram, of: keyof Start, limits: Pick<Finding, 'bar' | 'aim'>): Finding => ({
    figure: `${of === 'mib' ? 'resident memory added at start' : 'start-up added'}, ours / stock: ${startPrograms[program].what}`,
    estimate: compareAdded(usesOf(measured, program, of), 'ours 100 %', 'stock 100 %'),
    ...limits,
    show: asRatio,
  })
  return {
    findings: [
      ...programs.map(program => ratio(program, 'ms', { bar: 0.25, aim: 0.1 })),
      {
        figure: 'files loaded at start, ours',
        estimate: medianOf([files.get('ours 100 %')!]),
        bar: 80,
        aim: 56,
        show: asCount,
      },
      {
        figure: 'start-up added when disabled',
        estimate: addedBy(usesOf(measured, 'empty', 'ms'), 'disabled'),
        bar: 8,
        aim: 3,
        show: asMs,
      },
      ...programs.map(program => ratio(program, 'mib', { bar: 0.4, aim: 0.2 })),
    ],
    details: programs.map(program => describeStarts(program, measured, files)),
  }
}

function usesOf(rounds: readonly StartRound[], program: StartProgram, of: keyof Start) {
  return rounds.map(round =>
    Object.fromEntries(Object.entries(round[program]).map(([name, start]) => [name, start[of]])),
  )
}

function describeStarts(
  program: StartProgram,
  rounds: readonly StartRound[],
  files: ReadonlyMap<string, number>,
): Table {
  return {
    title: `Start of ${startPrograms[program].what}`,
    head: ['', ...units.flatMap(({ what }) => [what, 'added']), 'files added'],
    rows: Array.from(files, ([name, count]) => [
      name,
      ...units.flatMap(({ of }) => {
        const uses = usesOf(rounds, program, of)
        return [usedBy(uses, name).value.toFixed(1), name === 'bare' ? '' : showSpread(addedBy(uses, name), 1)]
      }),
      String(count),
    ]),
  }
}
