import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { BatchConfig, Config } from './config.ts'
import { maxTimerMs } from './parsers.ts'
import type { VariableReader } from './read-variables.ts'
import { batching } from './variables.ts'

interface Sources {
  readonly variables: VariableReader
  readonly isThread: boolean
  readonly report: Report
}

/** A thread may be ended from outside, without a word: what is younger is lost then. */
const threadDelayMs = 1000

export function resolveBatch(prefix: 'OTEL_BSP' | 'OTEL_BLRP', { variables, isThread, report }: Sources): BatchConfig {
  const queueName = `${prefix}_MAX_QUEUE_SIZE` as const
  const batchName = `${prefix}_MAX_EXPORT_BATCH_SIZE` as const
  const maxQueueSize = variables.read(queueName, batching[queueName])
  const batch = variables.given(batchName, batching[batchName])
  if (batch !== undefined && batch > maxQueueSize) {
    report(createProblem('batch-over-queue', { batchName, batch, queueName, queue: maxQueueSize }))
  }
  const delay = batching[`${prefix}_SCHEDULE_DELAY`]
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(batch ?? batching[batchName].default, maxQueueSize),
    scheduledDelayMs: variables.given(`${prefix}_SCHEDULE_DELAY`, delay) ?? (isThread ? threadDelayMs : delay.default),
    exportTimeoutMs: variables.read(`${prefix}_EXPORT_TIMEOUT`, batching[`${prefix}_EXPORT_TIMEOUT`]),
  }
}

/** A collection must end before the next one begins: the SDK throws where it would not. */
export function resolveReading({ variables, report }: Sources): Pick<Config['metrics'], 'intervalMs' | 'timeoutMs'> {
  const { OTEL_METRIC_EXPORT_INTERVAL: interval, OTEL_METRIC_EXPORT_TIMEOUT: timeout } = batching
  const givenInterval = variables.given('OTEL_METRIC_EXPORT_INTERVAL', interval)
  const givenTimeout = variables.given('OTEL_METRIC_EXPORT_TIMEOUT', timeout)
  const intervalMs = givenInterval ?? interval.default
  const timeoutMs = givenTimeout ?? timeout.default
  if (givenInterval !== undefined && givenTimeout !== undefined && timeoutMs > intervalMs && timeoutMs !== maxTimerMs) {
    report(createProblem('timeout-over-interval', { timeoutMs, intervalMs }))
  }
  return { intervalMs, timeoutMs: Math.min(timeoutMs, intervalMs) }
}
