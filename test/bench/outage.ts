// What an outage of the collector costs an app that makes 1000 spans a second. Two apps run side by side, so that both
// meet whatever else the machine does: one has a collector that stays.
import { parseArgs } from 'node:util'
import type { Behaviour } from '../harness/fault-server.ts'
import { audit } from '../harness/service.ts'
import { median } from './median.ts'
import { type OutageReport, runOutage } from './run-outage.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    pairs: { type: 'string', default: '3' },
    behaviour: { type: 'string', default: 'refuse' },
  },
})
const behaviour = values.behaviour as Behaviour
const timing = { warmUpMs: 10_000, outageMs: Number(values.seconds) * 1000 }

console.log(`| pair | collector | heap growth | delay p50 | p99 | max | resumed after | made | sent | dropped | longest queue |
| ---: | --------- | ----------: | --------: | --: | --: | ------------: | ---: | ---: | ------: | ------------: |`)
const pairs: { readonly healthy: OutageReport; readonly outage: OutageReport }[] = []
for (let pair = 1; pair <= Number(values.pairs); pair++) {
  const [healthy, outage] = await Promise.all([run(pair, 'ok'), run(pair, behaviour)])
  pairs.push({ healthy, outage })
}

const growths = pairs.map(({ healthy, outage }) => outage.heapGrowthMiB - healthy.heapGrowthMiB)
const ratios = pairs.map(({ healthy, outage }) => outage.delay.p99Ms / healthy.delay.p99Ms)
const resumed = pairs.map(({ outage }) => outage.resumedAfterMs / 1000)
console.log(`
| over all pairs                            |    median |     worst |  allowed |
| ----------------------------------------- | --------: | --------: | -------: |
| heap growth over the healthy run          | ${cell(median(growths), 'MiB')} | ${cell(Math.max(...growths), 'MiB')} |   20 MiB |
| event-loop delay p99, outage over healthy | ${cell(median(ratios), 'x')} | ${cell(Math.max(...ratios), 'x')} |    1.1 x |
| export resumed after                      | ${cell(median(resumed), 's')} | ${cell(Math.max(...resumed), 's')} |     10 s |`)

const isGood = Math.max(...growths) < 20 && median(ratios) <= 1.1 && Math.max(...resumed) < 10
if (!isGood) {
  console.error('\nNot within what is allowed.')
  process.exitCode = 1
}

async function run(pair: number, behaviour: Behaviour): Promise<OutageReport> {
  const report = await runOutage({ behaviour, ...timing })
  const { made, arrived, health, delay, heapGrowthMiB, resumedAfterMs, longestQueue } = report
  const { sent, dropped, droppedByReason } = health.traces
  const complaints = audit(health, { spans: made, logRecords: 0, counts: 0 })
  if (arrived !== sent) complaints.push(`${sent} were counted as sent, and ${arrived} arrived`)
  for (const complaint of complaints) {
    console.error(complaint)
    process.exitCode = 1
  }
  const reasons = Object.keys(droppedByReason).join(', ')
  const cells = [
    pair,
    behaviour,
    cell(heapGrowthMiB, 'MiB'),
    ...[delay.p50Ms, delay.p99Ms, delay.maxMs].map(value => cell(value, 'ms')),
    behaviour === 'ok' ? '' : cell(resumedAfterMs / 1000, 's'),
    made,
    sent,
    `${dropped}${reasons && ` (${reasons})`}`,
    longestQueue,
  ]
  console.log(`| ${cells.join(' | ')} |`)
  return report
}

function cell(value: number, unit: string): string {
  return `${value.toFixed(2)} ${unit}`
}
