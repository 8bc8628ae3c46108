import { expect, test } from 'vitest'
import { runOutage } from '../bench/run-outage.ts'
import { audit } from '../harness/service.ts'

// The long form, with heap and delays, is `npm run bench:outage`.
test.concurrent.each(['refuse', 'hang'] as const)(
  'an outage of a few seconds at 1000 spans a second, the collector being in the way of %s',
  { timeout: 90_000 },
  async behaviour => {
    const maxQueueSize = 1000
    const batchSize = 200
    const { made, arrived, health, longestQueue, stderr } = await runOutage({
      behaviour,
      warmUpMs: 1000,
      outageMs: 3000,
      env: {
        OTEL_BSP_SCHEDULE_DELAY: '200',
        OTEL_BSP_MAX_QUEUE_SIZE: String(maxQueueSize),
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(batchSize),
        OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
        OTEL_METRICS_EXPORTER: 'none',
      },
    })

    expect(audit(health, { spans: made, logRecords: 0, counts: 0 })).toEqual([])
    const { sent, dropped, droppedByReason, queued } = health.traces
    expect({ dropped, queued }).toEqual({ dropped: droppedByReason.queue_full, queued: 0 })
    expect(longestQueue).toBeGreaterThanOrEqual(maxQueueSize)
    expect(longestQueue).toBeLessThanOrEqual(maxQueueSize + batchSize)
    expect(arrived).toBe(sent)
    expect(sent).toBeGreaterThan(made - dropped - 1)
    const lines = stderr.split('\n').slice(0, -1)
    expect(lines).toHaveLength(3)
    expect(lines).toMatchObject(
      ['cannot be delivered', 'again', `${dropped}`].map(words => expect.stringContaining(words)),
    )
  },
)
