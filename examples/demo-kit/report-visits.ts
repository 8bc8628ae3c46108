import type { ReceivedAttributes, Receiver } from '../../src/testing.ts'
import { formatByProcess, nameProcess } from './format-by-process.ts'
import { bold, indent, say } from './say.ts'

/** Waits until every visit has arrived, shows one of each process, and tells who spoke: nobody else should have. */
export async function reportVisits(receiver: Receiver, visits: ReadonlyMap<number, number>): Promise<void> {
  await receiver.waitFor(() => [...visits].every(([pid, count]) => answersOf(receiver, pid).length >= count))
  await receiver.waitFor(() => [...visits.keys()].every(pid => receiver.metrics().some(metric => isBy(metric, pid))))

  for (const pid of visits.keys()) {
    const traceId = answersOf(receiver, pid)[0]?.traceId
    say('', formatByProcess(receiver.spans().filter(span => span.traceId === traceId)))
  }
  const arrived = [...receiver.spans(), ...receiver.metrics(), ...receiver.logs()]
  const speakers = new Map(arrived.map(({ resource }) => [resource['process.pid'], nameProcess(resource)]))
  say('', bold('Who spoke'), '', ...indent([...speakers.values()]))

  const others = [...speakers].filter(([pid]) => !visits.has(Number(pid))).map(([, name]) => name)
  if (others.length > 0) throw new Error(`Expected to be silent: ${others.join('; ')}`)
}

const answersOf = (receiver: Receiver, pid: number) =>
  receiver.spans().filter(span => span.kind === 'SERVER' && isBy(span, pid))

const isBy = ({ resource }: { readonly resource: ReceivedAttributes }, pid: number): boolean =>
  resource['process.pid'] === pid
