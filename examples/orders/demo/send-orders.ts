import type { Stage } from '../../demo-kit/stage.ts'
import type { Order } from '../order.ts'
import { findLogLine } from './log-line.ts'
import type { Programs } from './start-programs.ts'

/** One after the other, each until it is shipped. Resolves with the trace id that the log line of the last one tells. */
export async function sendOrders(stage: Stage, { apiUrl, api, worker }: Programs, count: number): Promise<string> {
  let traceId: unknown
  let orderId = ''
  for (let quantity = 1; quantity <= count; quantity++) {
    orderId = await sendOrder(stage, apiUrl, quantity)
    const [received] = await stage.within(
      10,
      `Order ${quantity} of ${count}`,
      Promise.all([
        api.line(findLogLine('order received', orderId)),
        worker.line(findLogLine('order shipped', orderId)),
      ]),
    )
    traceId = received['trace_id']
  }
  const { status } = await ask(stage, `${apiUrl}/orders/${orderId}`)
  if (status !== 'shipped') throw new Error(`The order has been shipped, but the API calls it "${status}".`)
  if (typeof traceId !== 'string')
    throw new Error('Not complete: the log lines of orders-api on stdout have no trace_id.')
  return traceId
}

async function sendOrder(stage: Stage, apiUrl: string, quantity: number): Promise<string> {
  const { id } = await ask(stage, `${apiUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ item: 'tea', quantity }),
  })
  return id
}

async function ask({ signal }: Stage, url: string, request?: RequestInit): Promise<Order> {
  const response = await fetch(url, { ...request, signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })
  if (!response.ok) throw new Error(`The API answered ${response.status} to ${url}: ${await response.text()}`)
  return (await response.json()) as Order
}
