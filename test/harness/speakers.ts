import type { ReceivedAttributes, Receiver } from '../../src/testing.ts'

/** Who has sent anything: the resource of each process and thread, by its instance id, in the order of arrival. */
export function speakers(receiver: Receiver): ReceivedAttributes[] {
  const origins = [...receiver.spans(), ...receiver.metrics(), ...receiver.logs()]
  const byId = new Map(origins.map(({ resource }) => [resource['service.instance.id'], resource]))
  return [...byId.values()]
}
