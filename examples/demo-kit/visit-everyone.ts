import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Stage } from './stage.ts'

/** Posts until this many processes have answered, each time by a new connection, and tells who answered how often. */
export async function visitEveryone(
  stage: Stage,
  url: string,
  processes: number,
): Promise<ReadonlyMap<number, number>> {
  const visits = new Map<number, number>()
  const visitAll = async () => {
    while (visits.size < processes) {
      const pid = await visit(url, stage.signal)
      visits.set(pid, (visits.get(pid) ?? 0) + 1)
    }
  }
  await stage.within(10, `An answer of each of the ${processes} processes`, visitAll())
  return visits
}

async function visit(url: string, signal: AbortSignal): Promise<number> {
  const [response] = (await once(request(url, { method: 'POST', agent: false, signal }).end(), 'response')) as [
    IncomingMessage,
  ]
  const { pid } = (await json(response)) as { pid: number }
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
  return pid
}
