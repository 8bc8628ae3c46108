import { basename } from 'node:path'
import { expect } from 'vitest'
import type { ReceivedAttributes, Receiver } from '../../src/testing.ts'
import { resourcesOf } from './arrivals.ts'

/** Who has sent anything: the resource of each process and thread, by its instance id, in the order of arrival. */
export function speakers(receiver: Receiver): ReceivedAttributes[] {
  const byId = new Map(resourcesOf(receiver).map(resource => [resource['service.instance.id'], resource]))
  return [...byId.values()]
}

/** What is under way when a process ends may arrive twice. */
function idsOf(records: readonly { readonly resource: ReceivedAttributes }[]): Set<unknown> {
  return new Set(records.map(({ resource }) => resource['service.instance.id']))
}

/** The role and script of all that has said hello (test/apps/processes/hello.cjs), by the alphabet. Each did so by each signal. */
export function heard(receiver: Receiver): string[] {
  const all = speakers(receiver)
  const hellos = {
    spans: idsOf(receiver.spans().filter(({ name }) => name === 'hello')).size,
    logs: idsOf(receiver.logs().filter(({ body }) => body === 'hello')).size,
    counts: receiver.metrics().filter(({ name, points: [point] }) => name === 'hellos' && point?.value === 1).length,
  }
  expect(hellos).toEqual({ spans: all.length, logs: all.length, counts: all.length })
  return all
    .map(({ 'process.role': role, 'process.command': script }) => `${role} ${basename(String(script))}`)
    .toSorted()
}
