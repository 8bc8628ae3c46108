import type { ReceivedSpan, ReceivedValue, Receiver } from '../../src/testing.ts'

/** The values that an attribute has in the resources of all that arrived: each once, in the order of their letters. */
export function listValues(receiver: Receiver, key: string): (ReceivedValue | undefined)[] {
  const arrived = [...receiver.spans(), ...receiver.metrics(), ...receiver.logs()]
  return [...new Set(arrived.map(({ resource }) => resource[key]))].toSorted()
}

/** Spans of the process with this pid. */
export function spansOf(receiver: Receiver, pid: number): ReceivedSpan[] {
  return receiver.spans().filter(({ resource }) => resource['process.pid'] === pid)
}

export function requestsOf(receiver: Receiver, pid: number): ReceivedSpan[] {
  return spansOf(receiver, pid).filter(({ kind }) => kind === 'SERVER')
}
