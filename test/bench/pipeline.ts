// What the parts of the pipelines cost, with the SDK alone and as we use it: npm run bench:pipeline
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { median } from './median.ts'

const rounds = Number(process.argv[2] ?? 7)
const modes = ['sdk', 'ours'] as const
type Costs = Readonly<Record<string, number>>

const seen = { sdk: [] as Costs[], ours: [] as Costs[] }
for (let round = 0; round < rounds; round++) {
  for (const mode of modes) {
    const child = fork(new URL('pipeline-parts.ts', import.meta.url), [mode])
    const [costs] = (await once(child, 'message')) as [Costs]
    seen[mode].push(costs)
  }
}

const middle = (mode: (typeof modes)[number], name: string): number => median(seen[mode].map(costs => costs[name]!))
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)
console.log(`Node ${process.version}: nanoseconds of CPU, median of ${rounds} processes each\n`)
row(['what', 'the SDK alone', 'here'])
row(['---', '---:', '---:'])
for (const name of Object.keys(seen.ours[0]!)) {
  row([name, ...modes.map(mode => String(Math.round(middle(mode, name))))])
}
