import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Receiver } from '../../src/testing.ts'
import { startReceiver } from '../../src/testing.ts'
import type { Collector } from '../services/collector.ts'
import { startCollector } from '../services/collector.ts'

const resource = resourceFromAttributes({ 'service.name': 'shop' })

const exporters = {
  'http/protobuf': { Trace: ProtoTraceExporter, Metric: ProtoMetricExporter, Log: ProtoLogExporter },
  'http/json': { Trace: JsonTraceExporter, Metric: JsonMetricExporter, Log: JsonLogExporter },
}

/** Straight to the receiver, and by way of a collector, which passes on by gRPC with gzip. */
const routes: Record<string, (receiver: Receiver) => Promise<Pick<Collector, 'url'> | undefined>> = {
  'the receiver': async receiver => receiver,
  'a collector and on to the receiver': async receiver => {
    const collector = await startCollector(receiver)
    if (collector) onTestFinished(() => collector[Symbol.asyncDispose]())
    return collector
  },
}

describe.for(Object.entries(routes))('what the SDK sends to %s', ([, route]) => {
  describe.for(Object.entries(exporters))('as %s', ([, { Trace, Metric, Log }]) => {
    const compression = CompressionAlgorithm.GZIP

    test('arrives as spans', async ctx => {
      const { receiver, url } = await prepare(route, ctx)
      const exporter = new Trace({ url: `${url}/v1/traces`, compression })
      const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
      const start = Date.now()
      const span = provider.getTracer('lib', '1.0').startSpan('work', {
        kind: SpanKind.CONSUMER,
        startTime: start,
        attributes: { text: 'ä', count: 3, ratio: 0.5, flag: true, list: ['a', 'b'] },
      })
      span.addEvent('happened', { detail: 1 }, start + 2)
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' })
      span.end(start + 7)
      await provider.shutdown()
      const received = await receiver.waitFor(r => r.spans()[0])
      expect(received).toMatchObject({
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        parentSpanId: undefined,
        name: 'work',
        kind: 'CONSUMER',
        startTimeMs: start,
        durationMs: 7,
        status: { code: 'ERROR', message: 'broken' },
        attributes: { text: 'ä', count: 3, ratio: 0.5, flag: true, list: ['a', 'b'] },
        events: [{ name: 'happened', timeMs: start + 2, attributes: { detail: 1 } }],
        scope: { name: 'lib', version: '1.0' },
        resource: { 'service.name': 'shop' },
      })
    })

    test('arrives as metrics', async ctx => {
      const { receiver, url } = await prepare(route, ctx)
      const exporter = new Metric({ url: `${url}/v1/metrics`, compression })
      const provider = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] })
      const meter = provider.getMeter('lib')
      meter.createCounter('orders', { unit: '{order}' }).add(2, { country: 'de' })
      const histogram = meter.createHistogram('duration', { advice: { explicitBucketBoundaries: [1, 10] } })
      for (const value of [0.5, 5, 50]) histogram.record(value)
      await provider.shutdown()
      await receiver.waitFor(r => r.metrics().length > 1)
      expect(receiver.metrics()).toMatchObject([
        {
          name: 'orders',
          unit: '{order}',
          type: 'sum',
          temporality: 'CUMULATIVE',
          isMonotonic: true,
          points: [{ value: 2, attributes: { country: 'de' } }],
        },
        {
          name: 'duration',
          type: 'histogram',
          points: [{ count: 3, sum: 55.5, min: 0.5, max: 50, buckets: { bounds: [1, 10], counts: [1, 1, 1] } }],
        },
      ])
    })

    test('arrives as log records', async ctx => {
      const { receiver, url } = await prepare(route, ctx)
      const exporter = new Log({ url: `${url}/v1/logs`, compression })
      const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
      provider.getLogger('lib').emit({
        severityNumber: 13,
        severityText: 'WARN',
        body: { order: 7, tags: ['x'] },
        attributes: { user: 'u' },
        timestamp: 1_700_000_000_000,
      })
      await provider.shutdown()
      expect(await receiver.waitFor(r => r.logs()[0])).toMatchObject({
        body: { order: 7, tags: ['x'] },
        severityNumber: 13,
        severityText: 'WARN',
        attributes: { user: 'u' },
        timeMs: 1_700_000_000_000,
        resource: { 'service.name': 'shop' },
      })
    })
  })
})

type Route = (typeof routes)[string]

async function prepare(
  route: Route,
  ctx: { skip(note?: string): never },
): Promise<{ receiver: Receiver; url: string }> {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  const target = await route(receiver)
  return { receiver, url: target?.url ?? ctx.skip('no collector for this platform') }
}
