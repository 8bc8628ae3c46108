// What telemetry costs a service, compared with others: npm run bench
import { parseArgs } from 'node:util'
import { join } from 'node:path'
import { type CostRound, measureCost } from './cost.ts'
import { median } from './median.ts'
import { small } from './programs.ts'
import { bare, byOpenTelemetry, datadog, type Mode, modes, stockRegister, type Variant } from './variants.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '12' },
    'warm-up': { type: 'string', default: '20000' },
    ours: { type: 'string', default: join(import.meta.dirname, '../../dist/register.js') },
    before: { type: 'string' },
    modes: { type: 'string', default: modes.join() },
    'no-dd': { type: 'boolean', default: false },
  },
})
const measuredModes = values.modes.split(',').map(mode => mode.trim() as Mode)
const products = [['ours', values.ours], ...(values.before ? [['before', values.before]] : []), ['stock', stockRegister]]
const variants: readonly Variant[] = [
  bare,
  ...measuredModes.flatMap(mode => products.map(([name, register]) => byOpenTelemetry(name!, register!, mode))),
  ...(values['no-dd'] ? [] : [datadog]),
]
const rounds = await measureCost({
  program: small,
  variants,
  rounds: Number(values.rounds),
  rate: Number(values.rate),
  seconds: Number(values.seconds),
  warmUp: Number(values['warm-up']),
  env: { OTEL_NODE_EXIT_TIMEOUT: '10000' },
  say: console.log,
})
console.log('\nus of CPU per request, median (lowest to highest of the rounds)')
for (const { name } of variants) {
  const added = name === 'bare' ? '' : `added ${spread(rounds.map(round => round[name]! - round['bare']!), 1)}`
  console.log(`${name.padEnd(20)} ${spread(rounds.map(round => round[name]!), 1).padEnd(28)} ${added}`)
}
const ratio = (of: string, to: string) => (round: CostRound) =>
  (round[of]! - round['bare']!) / (round[to]! - round['bare']!)
console.log('\nadded / added')
for (const mode of measuredModes)
  for (const [name] of products.slice(0, -1))
    console.log(`${name} / stock ${mode}`.padEnd(34), spread(rounds.map(ratio(`${name} ${mode}`, `stock ${mode}`)), 3))
if (!values['no-dd'] && measuredModes.includes('100 %'))
  console.log('ours / dd-trace 100 %'.padEnd(34), spread(rounds.map(ratio('ours 100 %', 'dd-trace')), 3))
if (values.before)
  for (const mode of measuredModes)
    console.log(`ours / before ${mode}`.padEnd(34), spread(rounds.map(ratio(`ours ${mode}`, `before ${mode}`)), 3))

function spread(numbers: readonly number[], digits: number): string {
  const show = (number: number) => number.toFixed(digits)
  return `${show(median(numbers))} (${show(Math.min(...numbers))} to ${show(Math.max(...numbers))})`
}
