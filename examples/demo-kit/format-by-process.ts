import { formatTrace, type ReceivedAttributes, type ReceivedSpan } from '../../src/testing.ts'

/** Traces as trees, each span with the process that made it. */
export function formatByProcess(spans: readonly ReceivedSpan[]): string {
  return formatTrace(
    spans.map(span => ({ ...span, resource: { ...span.resource, 'service.name': nameProcess(span.resource) } })),
  )
}

/** Who speaks: `orders-api, cluster_worker 2, pid 4711`. */
export function nameProcess(resource: ReceivedAttributes): string {
  const { 'process.role': role, 'process.worker.id': worker, 'process.pid': pid, 'thread.id': thread } = resource
  const parts = [resource['service.name'], worker === undefined ? role : `${role} ${worker}`, `pid ${pid}`]
  return [...parts, thread !== undefined && `thread ${thread}`].filter(Boolean).join(', ')
}
