// Real servers, two services, one trace: `npm run demo`, or `npm run demo -- --once` to see it and leave.
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findGaps, metrics } from './expectations.ts'
import type { Arrived, Receiver } from './receiver.ts'
import { bold, describeLogs, describeMetrics, describeTrace, summarizeTrace } from './report.ts'
import { sendOrders } from './send-orders.ts'
import { createStage } from './stage.ts'
import { startPrograms } from './start-programs.ts'

const orderCount = 5
const arrivalSeconds = 8

/** Somebody wants the demo to end, which is no error. */
class Interruption extends Error {}

const stage = createStage()
const interrupt = () => stage.end(new Interruption())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
process.stdout.on('error', interrupt) // the terminal is gone

const exitCode = await play()
await stage.clear()
if (stage.signal.reason instanceof Interruption) say('', 'Stopped.')
process.exit(exitCode)

async function play(): Promise<number> {
  let isShown = false
  try {
    const { values: options } = parseArgs({ options: { once: { type: 'boolean', default: false } } })
    assertBuilt()

    say('Starting Postgres, Redis, a receiver, an API and a worker. The first time takes a few seconds longer.')
    const programs = await startPrograms(stage)
    const traceId = await sendOrders(stage, programs, orderCount)
    const { arrived, gaps } = await waitForArrival(programs.receiver, traceId)
    report(traceId, arrived, gaps)
    if (options.once) return gaps.length === 0 ? 0 : 1

    say(
      '',
      `${bold('See everything')}    ${programs.receiver.url}`,
      `See this trace    ${programs.receiver.url}/#tab=traces&trace=${traceId}`,
      `Place an order    curl -H 'content-type: application/json' -d '{"item":"tea","quantity":2}' ${programs.apiUrl}/orders`,
      'Stop              Ctrl-C',
    )
    isShown = true
    return await stage.ended
  } catch (error) {
    const reason = stage.signal.aborted ? stage.signal.reason : error
    if (reason instanceof Interruption) return isShown ? 0 : 130
    process.stderr.write(`\n${reason instanceof Error ? reason.message : reason}\n`)
    return 1
  }
}

function assertBuilt(): void {
  const register = fileURLToPath(import.meta.resolve('@org/otel/register'))
  if (!existsSync(register)) throw new Error(`${register} is missing. Build it first: npm run build`)
}

async function waitForArrival(receiver: Receiver, traceId: string): Promise<{ arrived: Arrived; gaps: string[] }> {
  const names = [...new Set(metrics.map(({ name }) => name))]
  for (const deadline = Date.now() + arrivalSeconds * 1000; ; await delay(100, undefined, { signal: stage.signal })) {
    const arrived = await receiver.read(traceId, names)
    const gaps = findGaps(arrived, orderCount)
    if (gaps.length === 0 || Date.now() > deadline) return { arrived, gaps }
  }
}

function report(traceId: string, arrived: Arrived, gaps: readonly string[]): void {
  say('', `${bold('One order, one trace')}  ${traceId}  ${summarizeTrace(arrived.spans)}`, '')
  say(...indent(describeTrace(arrived.spans)))
  say('', bold('Its log lines'), '', ...indent(describeLogs(arrived.logs)))
  say('', `${bold('Metrics')}  of all ${orderCount} orders`, '', ...indent(describeMetrics(arrived, metrics)))
  if (gaps.length === 0) return
  const missing = ['', `Not complete: after ${arrivalSeconds} seconds this has not arrived:`, ...indent(gaps), '']
  process.stderr.write(missing.join('\n'))
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''))
}

function indent(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`)
}
