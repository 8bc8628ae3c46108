// Real servers, two services, one trace: `npm run demo`, or `npm run demo -- --once` to see it and leave.
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { playDemo, untilInterrupted } from '../../demo-kit/play-demo.ts'
import { bold, indent, say } from '../../demo-kit/say.ts'
import type { Stage } from '../../demo-kit/stage.ts'
import { findGaps, metrics } from './expectations.ts'
import type { Arrived, Receiver } from './receiver.ts'
import { describeLogs, describeMetrics, describeTrace, summarizeTrace } from './report.ts'
import { sendOrders } from './send-orders.ts'
import { startPrograms } from './start-programs.ts'

const orderCount = 5
const arrivalSeconds = 8

await playDemo(async stage => {
  const { values: options } = parseArgs({ options: { once: { type: 'boolean', default: false } } })

  say('Starting Postgres, Redis, a receiver, an API and a worker. The first time takes a few seconds longer.')
  const programs = await startPrograms(stage)
  const traceId = await sendOrders(stage, programs, orderCount)
  const { arrived, gaps } = await waitForArrival(stage, programs.receiver, traceId)
  report(traceId, arrived, gaps)
  if (options.once) return gaps.length === 0 ? 0 : 1

  say(
    '',
    `${bold('See everything')}    ${programs.receiver.url}`,
    `See this trace    ${programs.receiver.url}/#tab=traces&trace=${traceId}`,
    `Place an order    curl -H 'content-type: application/json' -d '{"item":"tea","quantity":2}' ${programs.apiUrl}/orders`,
    'Stop              Ctrl-C',
  )
  return untilInterrupted(stage)
})

async function waitForArrival({ signal }: Stage, receiver: Receiver, traceId: string) {
  const names = [...new Set(metrics.map(({ name }) => name))]
  for (const deadline = Date.now() + arrivalSeconds * 1000; ; await delay(100, undefined, { signal })) {
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
