// A fault server in a process of its own, so that its work is not the app's. Told what to do by its parent.
import { type Behaviour, type FaultServer, startFaultServer } from '../harness/fault-server.ts'

export type Order = { readonly behave: Behaviour } | 'until spans come again' | 'count spans'

const server: FaultServer = await startFaultServer()
let cameBack = { atMs: 0, knocks: 0 }

async function obey(order: Order): Promise<unknown> {
  if (order === 'count spans') return new Set(server.spans().map(({ spanId }) => spanId)).size
  if (order === 'until spans come again') {
    const isTaken = () =>
      server
        .knocks()
        .slice(cameBack.knocks)
        .some(({ signal }) => signal === 'traces')
    await server.waitFor(isTaken, 60_000)
    return performance.now() - cameBack.atMs
  }
  await server.behave(order.behave)
  cameBack = { atMs: performance.now(), knocks: server.knocks().length }
  return undefined
}

process.on('message', async (order: Order) => process.send!({ answer: await obey(order) }))
process.on('disconnect', () => process.exit())
process.send!({ answer: server.url })
