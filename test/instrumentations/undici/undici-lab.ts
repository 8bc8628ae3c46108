import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Attributes, context, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { type ReadableSpan, type Sampler, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Watch } from '../../../src/instrumentations/watch.ts'

export interface Lab {
  /** What a sampler is shown when a span starts. */
  readonly seenAtStart: Attributes[]
  readonly spans: ReadableSpan[]
  /** Makes one request to a server, and returns the headers that came there. */
  ask(path?: string, options?: RequestInit): Promise<Readonly<Record<string, string>>>
  /** The attributes of each measured series. */
  measured(): Promise<readonly Attributes[]>
  [Symbol.asyncDispose](): Promise<void>
}

class Reader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** `fetch` under watch, with the SDK behind it. What it changes in the process is undone at the end. */
export async function startLab(
  watch: Watch,
  options: Readonly<Record<string, unknown>> = {},
  { needsAttributesAtStart = false, decision = SamplingDecision.RECORD_AND_SAMPLED } = {},
): Promise<Lab> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }))
  const spans: ReadableSpan[] = []
  const seenAtStart: Attributes[] = []
  const sampler: Sampler = {
    shouldSample(_context, _traceId, _name, _kind, attributes) {
      seenAtStart.push({ ...attributes })
      return { decision }
    },
  }
  const traces = new TracerProvider({
    sampler,
    spanProcessors: [
      { onStart() {}, onEnd: span => void spans.push(span), forceFlush: async () => {}, shutdown: async () => {} },
    ],
  })
  const reader = new Reader()
  const undo = watch({
    options,
    providers: { traces, metrics: new MeterProvider({ readers: [reader] }), logs: new LoggerProvider() },
    needsAttributesAtStart,
    ending: { flush: async () => {}, timeoutMs: 0 },
  })
  const server = createServer((request, response) => {
    response.setHeader('x-answer', ['1', '2'])
    response.end(JSON.stringify(request.headers))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    spans,
    seenAtStart,
    async ask(path = '/x', given = {}) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, given)
      return (await response.json()) as Record<string, string>
    },
    async measured() {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap(scope => scope.metrics)
      return all.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes))
    },
    async [Symbol.asyncDispose]() {
      undo()
      server.close()
      server.closeAllConnections()
      trace.disable()
      metrics.disable()
      context.disable()
      propagation.disable()
    },
  }
}

/** What undici says of a request that is answered, for those of its versions and dispatchers that are not in Node. */
export function tell<R extends object>(request: R): R {
  channel('undici:request:create').publish({ request })
  channel('undici:request:headers').publish({ request, response: { statusCode: 200, headers: [] } })
  channel('undici:request:trailers').publish({ request })
  return request
}
