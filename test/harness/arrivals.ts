import type { ReceivedAttributes, ReceivedSpan, ReceivedValue, Receiver } from '../../src/testing.ts'

/** Who has sent anything: the resource of each span, metric and log record. */
export function resourcesOf(receiver: Receiver): ReceivedAttributes[] {
  return [...receiver.spans(), ...receiver.metrics(), ...receiver.logs()].map(({ resource }) => resource)
}

/** The values that an attribute has in the resources of all that arrived: each once, in the order of their letters. */
export function listValues(receiver: Receiver, key: string): (ReceivedValue | undefined)[] {
  return [...new Set(resourcesOf(receiver).map(resource => resource[key]))].toSorted()
}

/** Each span once: what is under way when a process ends is sent again, and may arrive twice. */
export function distinctSpans(receiver: Receiver): ReceivedSpan[] {
  return [...new Map(receiver.spans().map(span => [span.spanId, span])).values()]
}

/** Spans of the process with this pid. */
export function spansOf(receiver: Receiver, pid: number): ReceivedSpan[] {
  return distinctSpans(receiver).filter(({ resource }) => resource['process.pid'] === pid)
}
