import { flattenAttributes, flattenId, flattenOrigin, flattenValue, nanosToMs } from './flatten-values.ts'
import type { Message } from './otlp-schema.ts'
import type { ReceivedLog } from './received.ts'

export function flattenLogs(request: Message<'ExportLogsServiceRequest'>): ReceivedLog[] {
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) => {
      const origin = flattenOrigin(resource, scope)
      return logRecords.map(record => ({
        body: flattenValue(record.body),
        severityText: record.severityText ?? '',
        severityNumber: record.severityNumber ?? 0,
        eventName: record.eventName ?? '',
        // A source that does not know when it happened leaves 0; the time of observation is then the best there is.
        timeMs: nanosToMs(record.timeUnixNano || record.observedTimeUnixNano),
        attributes: flattenAttributes(record.attributes),
        traceId: flattenId(record.traceId),
        spanId: flattenId(record.spanId),
        ...origin,
      }))
    }),
  )
}
