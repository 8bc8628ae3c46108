import type { Attributes } from '@opentelemetry/api'

// The messaging conventions are not stable yet, and their package asks to copy such names instead of importing them.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
export const ATTR_MESSAGING_SYSTEM = 'messaging.system'
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name'
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type'
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name'
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id'
const ATTR_MESSAGING_CLIENT_ID = 'messaging.client.id'
export const ATTR_MESSAGING_BATCH_MESSAGE_COUNT = 'messaging.batch.message_count'

export const ATTR_JOB_ID = 'bullmq.job.id'
export const ATTR_JOB_NAME = 'bullmq.job.name'
export const ATTR_JOB_STATE = 'bullmq.job.state'
export const ATTR_JOB_ATTEMPT = 'bullmq.job.attempt'
export const ATTR_QUEUE_NAME = 'bullmq.queue.name'
export const ATTR_BULK_COUNT = 'bullmq.job.bulk.count'
export const ATTR_FAILED_REASON = 'bullmq.job.failed.reason'

// Of what BullMQ says, this goes on the span, under these names. In the rest are a job's data and its result.
const kept: Readonly<Record<string, string>> = {
  [ATTR_JOB_ID]: ATTR_MESSAGING_MESSAGE_ID,
  [ATTR_JOB_NAME]: ATTR_JOB_NAME,
  'bullmq.worker.id': ATTR_MESSAGING_CLIENT_ID,
  'bullmq.worker.name': 'bullmq.worker.name',
  'bullmq.flow.name': 'bullmq.flow.name',
  'bullmq.job.scheduler.id': 'bullmq.job.scheduler.id',
}

/** Any object of attributes as BullMQ passes it. */
export type Said = Readonly<Record<string, unknown>>

export function selectAttributes(said: Said): Attributes {
  const attributes: Attributes = {}
  for (const [key, value] of Object.entries(said)) {
    const name = kept[key]
    if (name !== undefined && value !== undefined && value !== null) attributes[name] = String(value)
  }
  return attributes
}
