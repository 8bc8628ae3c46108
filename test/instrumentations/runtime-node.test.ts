import { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { SparingRuntimeNodeInstrumentation } from '../../src/instrumentations/runtime-node.ts'

/** The least delay of an event loop that was looked at a few times. */
async function leastDelay(options: { readonly monitoringPrecision?: number }): Promise<number> {
  const reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(0) })
  const instrumentation = new SparingRuntimeNodeInstrumentation(options)
  instrumentation.setMeterProvider(new MeterProvider({ readers: [reader] }))
  for (;;) {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap(scope => scope.metrics)
    const found = metrics.find(({ descriptor }) => descriptor.name === 'nodejs.eventloop.delay.min')
    const value = found?.dataPoints[0]?.value
    if (typeof value === 'number') {
      instrumentation.disable()
      return value
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('delays of the event loop are told as if it were looked at every 10 ms, unless somebody says how often', async () => {
  const [usual, asked] = await Promise.all([leastDelay({}), leastDelay({ monitoringPrecision: 100 })])
  expect(usual).toBeLessThan(0.05)
  expect(asked).toBeGreaterThan(0.05)
})
