import type { Attributes } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'

/** Where this process or thread stands among those of the app. */
export interface PlaceFacts {
  readonly entry: string | undefined
  /** Changes when a process begins to fork workers. */
  readonly role: 'main' | 'cluster_primary' | 'cluster_worker' | 'child' | 'thread'
  readonly workerId: number | undefined
  readonly threadId: number
}

// No convention has names for these; docs/processes.md describes them.
const ATTR_PROCESS_ROLE = 'process.role'
const ATTR_PROCESS_WORKER_ID = 'process.worker.id'

export function describePlace(place: PlaceFacts, { ppid }: { readonly ppid: number }): Attributes {
  const { role, workerId, threadId } = place
  return {
    ...(workerId !== undefined && { [ATTR_PROCESS_WORKER_ID]: workerId }),
    ...((role === 'child' || role === 'cluster_worker') && { 'process.parent_pid': ppid }),
    ...(role === 'thread' && { 'thread.id': threadId }),
  }
}

/** An id out of the environment is that of the first process; all that it starts have the same environment. */
export function ownInstanceId(given: string | undefined, place: PlaceFacts, pid: number): string | undefined {
  const isFirst = (place.role === 'main' || place.role === 'cluster_primary') && place.workerId === undefined
  if (given === undefined || isFirst) return given
  return [given, pid, ...(place.role === 'thread' ? [place.threadId] : [])].join('-')
}

/** The role as it is when the first telemetry leaves: the primary of a cluster has been set up before it forks. */
export function withRole(resource: Resource, place: PlaceFacts): Resource {
  let attributes: Attributes | undefined
  return Object.create(resource, {
    attributes: { get: () => (attributes ??= { ...resource.attributes, [ATTR_PROCESS_ROLE]: place.role }) },
  }) as Resource
}
