import type { Counter, Histogram, Meter } from '@opentelemetry/api'
import { ATTR_JOB_NAME, ATTR_JOB_STATE, ATTR_QUEUE_NAME } from './attributes.ts'

/** How an attempt ended, in BullMQ's words: `delayed` and `retried` are failures that come again, later or at once. */
export type JobState = 'completed' | 'failed' | 'delayed' | 'retried'

/**
 * The conventions' instruments (messaging.*), and those of BullMQ's own telemetry (bullmq.*) with their names, units
 * and attributes, so that dashboards made for it go on working. Ours count in every version, BullMQ only since 5.69.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
 */
export interface Instruments {
  readonly processDuration: Histogram
  readonly operationDuration: Histogram
  readonly sentMessages: Counter
  readonly consumedMessages: Counter
  readonly jobs: Readonly<Record<JobState, Counter>>
  readonly jobDuration: Histogram
}

// The boundaries that the conventions give for both histograms.
const seconds = {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
}

export function createInstruments(meter: Meter): Instruments {
  const messages = (name: string, description: string) => meter.createCounter(name, { description, unit: '{message}' })
  const jobs = (state: JobState) =>
    meter.createCounter(`bullmq.jobs.${state}`, { description: `Number of jobs ${state}`, unit: '1' })
  return {
    processDuration: meter.createHistogram('messaging.process.duration', {
      ...seconds,
      description: 'Duration of processing operation.',
    }),
    operationDuration: meter.createHistogram('messaging.client.operation.duration', {
      ...seconds,
      description: 'Duration of messaging operation initiated by a producer or consumer client.',
    }),
    sentMessages: messages(
      'messaging.client.sent.messages',
      'Number of messages producer attempted to send to the broker.',
    ),
    consumedMessages: messages(
      'messaging.client.consumed.messages',
      'Number of messages that were delivered to the application.',
    ),
    jobs: { completed: jobs('completed'), failed: jobs('failed'), delayed: jobs('delayed'), retried: jobs('retried') },
    jobDuration: meter.createHistogram('bullmq.job.duration', { description: 'Job processing duration', unit: 'ms' }),
  }
}

interface Settlement {
  readonly queue: string | undefined
  readonly jobName: string | undefined
  readonly state: JobState
  /** Unknown where the application took the job itself and no worker of BullMQ's processed it. */
  readonly durationMs?: number
}

export function recordSettlement(instruments: Instruments, { queue, jobName, state, durationMs }: Settlement): void {
  const attributes = {
    ...(queue === undefined ? {} : { [ATTR_QUEUE_NAME]: queue }),
    ...(jobName === undefined ? {} : { [ATTR_JOB_NAME]: jobName }),
    [ATTR_JOB_STATE]: state,
  }
  instruments.jobs[state].add(1, attributes)
  if (durationMs !== undefined) instruments.jobDuration.record(durationMs, attributes)
}
