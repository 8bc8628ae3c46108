// How much longer programs take to end with telemetry than without: npm run bench:exit
import { firstProcess, hasContainers, start, startCollector, type Way, ways } from '../scenarios/leaving-matrix.ts'

const runs = Number(process.argv[2] ?? 5)
const timeoutMs = 1000
const behaviours = ['accepts', 'refuses', 'hangs'] as const

/** From the last word of the program, or the signal, to its end. */
async function measure(way: Way, env?: Readonly<Record<string, string>>): Promise<number> {
  await using app = start(way, env)
  await app.waitForLine(way.isSent ? 'ready' : 'recorded')
  const begin = performance.now()
  if (way.isSent) app.kill(way.signal!)
  await app.ended
  return performance.now() - begin
}

async function median(way: Way, env?: Readonly<Record<string, string>>): Promise<number> {
  const took: number[] = []
  for (let run = 0; run < runs; run++) took.push(await measure(way, env))
  return took.toSorted((left, right) => left - right)[Math.floor(runs / 2)]!
}

const isMeasured = ({ signal }: Way): boolean => signal === undefined || signal === 'SIGTERM'
const measured = [...ways, ...(hasContainers ? [firstProcess] : [])].filter(isMeasured)
const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`)

console.log(
  `Node ${process.version}, exit timeout ${timeoutMs} ms, median of ${runs} runs: milliseconds more than without telemetry\n`,
)
row(['way', 'without', ...behaviours.map(behaviour => `collector ${behaviour}`)])
row(['---', '---:', ...behaviours.map(() => '---:')])
for (const way of measured) {
  const alone = await median(way)
  const cells: string[] = []
  for (const behaviour of behaviours) {
    await using collector = await startCollector(behaviour, 'http/protobuf')
    const took = await median(way, { ...collector.env, OTEL_NODE_EXIT_TIMEOUT: String(timeoutMs) })
    cells.push(`+${Math.round(took - alone)}`)
  }
  row([way.name, String(Math.round(alone)), ...cells])
}
