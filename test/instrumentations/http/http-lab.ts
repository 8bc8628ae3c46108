import { once } from 'node:events'
import http, { type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Attributes, context, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { type ReadableSpan, type Sampler, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace'
import { watchHttp } from '../../../src/instrumentations/http/watch-http.ts'

export interface Lab {
  /** What a sampler is shown when a span starts. */
  readonly seenAtStart: Attributes[]
  readonly spans: ReadableSpan[]
  /** Makes one request to a server that answers with what came, and waits until both sides are done. */
  ask(options?: RequestOptions): Promise<{ readonly headers: http.IncomingHttpHeaders }>
  /** The attributes of each measured series, by the name of the metric. */
  measured(): Promise<Readonly<Record<string, readonly Attributes[]>>>
  [Symbol.asyncDispose](): Promise<void>
}

class Reader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** `node:http` under watch, with the SDK behind it. What it changes in the process is undone at the end. */
export async function startLab(
  options: Readonly<Record<string, unknown>> = {},
  { needsAttributesAtStart = false, decision = SamplingDecision.RECORD_AND_SAMPLED } = {},
): Promise<Lab> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
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
  const meters = new MeterProvider({ readers: [reader] })
  const undo = watchHttp({
    options,
    providers: { traces, metrics: meters, logs: new LoggerProvider() },
    needsAttributesAtStart,
    ending: { flush: async () => {}, timeoutMs: 0 },
  })
  let closed: Promise<unknown> = Promise.resolve()
  const server = http.createServer((request: IncomingMessage, response: ServerResponse) => {
    closed = once(response, 'close')
    response.setHeader('x-answer', ['1', '2'])
    response.end(JSON.stringify(request.headers))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    spans,
    seenAtStart,
    async ask(given = {}) {
      const request = http.request({ host: '127.0.0.1', port, path: '/x', agent: false, ...given }).end()
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      const body = (await response.toArray()).join('')
      if (!request.closed) await once(request, 'close')
      await closed
      return { headers: body === '' ? {} : JSON.parse(body) }
    },
    async measured() {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap(scope => scope.metrics)
      return Object.fromEntries(
        all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ attributes }) => attributes)]),
      )
    },
    async [Symbol.asyncDispose]() {
      undo()
      server.close()
      trace.disable()
      metrics.disable()
      context.disable()
      propagation.disable()
    },
  }
}
