// What telemetry costs a service, beside bare Node, stock OpenTelemetry and dd-trace: npm run bench
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findCost } from './find-cost.ts'
import { describeFindings, isHeld } from './findings.ts'
import { findShop } from './find-shop.ts'
import { findStart } from './find-start.ts'
import { installPeers } from './install-peers.ts'
import type { Part } from './part.ts'
import { printTable } from './table.ts'

const root = join(import.meta.dirname, '../..')
const parts: Readonly<Record<string, Part>> = { start: findStart, cost: findCost, shop: findShop }
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(parts).join() },
    rounds: { type: 'string', default: '7' },
    ours: { type: 'string', default: join(root, 'dist/register.js') },
    before: { type: 'string' },
  },
})

const peers = installPeers()
const chosen = Object.entries(parts).filter(([name]) => values.only.split(',').includes(name))
const rounds = Number(values.rounds)
const begin = performance.now()
const load = loadavg()[0]!
const found = []
for (const [, find] of chosen)
  found.push(await find({ register: values.ours, before: values.before, rounds, say: console.log }))

const findings = found.flatMap(part => part.findings)
const minutes = Math.round((performance.now() - begin) / 60_000)
const versions = ['@opentelemetry/auto-instrumentations-node', 'dd-trace', 'express', 'pg', 'redis']
const machine = [
  `${cpus().length} x ${cpus()[0]!.model.trim()}, ${platform()} ${release().split('-')[0]}, Node.js ${process.version}`,
  versions.map(name => `${name} ${peers[name]}`).join(', '),
  `${rounds} rounds, ${minutes} minutes, load average before it ${load.toFixed(1)}`,
]
const tables = [describeFindings(findings), ...found.flatMap(part => part.details)]
const text = [`${machine.join('; ')}:`, ...tables.map(printTable)].join('\n\n')
console.log(`\n${text}`)
if (chosen.length === Object.keys(parts).length) writeDocs(text)
if (!findings.every(isHeld)) process.exitCode = 1

function writeDocs(text: string): void {
  const file = join(root, 'docs/benchmarks.md')
  const marks = /(?<=<!-- npm run bench -->\n)[^]*(?=<!-- end of npm run bench -->)/
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(marks, () => `\n${text}\n\n`),
  )
}
