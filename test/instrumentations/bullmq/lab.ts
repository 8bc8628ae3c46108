import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Attributes } from '@opentelemetry/api'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type * as BullMQ from 'bullmq'
import { inject, vi } from 'vitest'
import { BullMQInstrumentation } from '../../../src/instrumentations/bullmq/instrumentation.ts'

/** One span, so that a test can say in one line what it expects. */
export interface SeenSpan {
  readonly name: string
  readonly kind: string
  readonly id: string
  readonly traceId: string
  readonly parent: string | undefined
  readonly error: string | undefined
  readonly attributes: Attributes
  readonly exceptions: readonly (string | undefined)[]
  readonly links: readonly string[]
  readonly scope: string
}

export interface SeenPoint {
  readonly metric: string
  readonly unit: string
  readonly attributes: Attributes
  /** Of a counter or gauge; of a histogram how many measurements. */
  readonly value: number
  readonly boundaries: readonly number[]
}

const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
const meters = createMeters()
export const tracerProvider: TracerProvider = provider
export const meterProvider: MeterProvider = meters.provider

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())

// It is there before BullMQ is loaded, as with --import. `TEST_BULLMQ` is the folder of another version of BullMQ.
export const instrumentation: BullMQInstrumentation = watching(new BullMQInstrumentation())
const require = createRequire(import.meta.url)
const bullmqFolder: string = process.env['TEST_BULLMQ'] ?? 'bullmq'
export const bullmq: typeof BullMQ = require(bullmqFolder)
/** The copy that BullMQ uses. */
export const ioredis: unknown = createRequire(require.resolve(bullmqFolder))('ioredis')

const { hostname, port } = new URL(inject('services').redisUrl)
export const server = { 'server.address': hostname, 'server.port': Number(port) }
export const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null }

export function watching(instrumentation: BullMQInstrumentation): BullMQInstrumentation {
  instrumentation.setTracerProvider(provider)
  instrumentation.setMeterProvider(meterProvider)
  return instrumentation
}

/** Another copy of BullMQ, as where two dependencies bring their own. */
export function loadAnotherCopy(): typeof BullMQ {
  const mine = (file: string) => /[\\/]bullmq[\\/]/.test(file)
  const kept = Object.entries(require.cache).filter(([file]) => mine(file))
  for (const [file] of kept) delete require.cache[file]
  try {
    return require(bullmqFolder)
  } finally {
    for (const file of Object.keys(require.cache).filter(mine)) delete require.cache[file]
    for (const [file, module] of kept) require.cache[file] = module
  }
}

/** A queue of its own for each test, with workers; all is closed at the end. */
export class Bench implements AsyncDisposable {
  readonly name = `orders-${randomUUID()}`
  readonly queue: BullMQ.Queue
  readonly #library: typeof BullMQ
  readonly #open: { close(): Promise<unknown> }[] = []

  constructor(library: typeof BullMQ = bullmq, options: Partial<BullMQ.QueueOptions> = {}) {
    this.#library = library
    this.queue = this.open(new library.Queue(this.name, { connection, ...options }))
  }

  open<T extends { close(): Promise<unknown> }>(closable: T): T {
    this.#open.unshift(closable)
    return closable
  }

  work(
    processor: BullMQ.Processor | string,
    options: Partial<BullMQ.WorkerOptions> = {},
    queue = this.name,
  ): BullMQ.Worker {
    const worker = new this.#library.Worker(queue, processor, { connection, ...options })
    return this.open(worker.on('error', () => {}))
  }

  flows(options: Partial<BullMQ.QueueBaseOptions> = {}): BullMQ.FlowProducer {
    return this.open(new this.#library.FlowProducer({ connection, ...options }))
  }

  /** The spans of this test: those that name its queue, and what is below or above them. */
  spans(): SeenSpan[] {
    const all = seenSpans()
    const traces = new Set(all.filter(span => this.#isMine(span)).map(span => span.traceId))
    return all.filter(span => traces.has(span.traceId))
  }

  named(name: string): SeenSpan[] {
    return this.spans().filter(span => span.name === name)
  }

  /** Waits until so many spans of that name have ended. */
  async ended(name: string, count = 1): Promise<[SeenSpan, ...SeenSpan[]]> {
    return vi.waitFor(
      () => {
        const found = this.named(name)
        if (found.length < count) throw new Error(`${found.length} of ${count} ${name}:\n${describe(this.spans())}`)
        return found as [SeenSpan, ...SeenSpan[]]
      },
      { timeout: 10_000, interval: 20 },
    )
  }

  async metrics(): Promise<SeenPoint[]> {
    return (await meters.points()).filter(({ attributes }) => Object.values(attributes).includes(this.name))
  }

  #isMine(span: SeenSpan): boolean {
    return String(span.attributes['messaging.destination.name']).startsWith(this.name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const closable of this.#open) await closable.close()
    exporter.reset()
  }
}

/** Runs it in a span of the application. */
export function inSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  return provider.getTracer('app').startActiveSpan(name, async span => {
    try {
      return await work()
    } finally {
      span.end()
    }
  })
}

/** A short span of the application, at this place of the program. */
export const leaveTrace = (name: string): void => provider.getTracer('app').startSpan(name).end()

export const activeSpanId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId

export const seenSpans = (): SeenSpan[] => exporter.getFinishedSpans().map(seen)

/** A meter provider, and what has arrived at it so far. */
export function createMeters(): { provider: MeterProvider; points(): Promise<SeenPoint[]> } {
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 3_600_000,
  })
  return {
    provider: new MeterProvider({ readers: [reader] }),
    async points() {
      const { resourceMetrics } = await reader.collect()
      return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ value, attributes }) => ({
            metric: descriptor.name,
            unit: descriptor.unit,
            attributes,
            value: typeof value === 'number' ? value : value.count,
            boundaries: typeof value === 'object' && 'buckets' in value ? value.buckets.boundaries : [],
          })),
        ),
      )
    },
  }
}

function seen(span: ReadableSpan): SeenSpan {
  return {
    name: span.name,
    kind: SpanKind[span.kind],
    id: span.spanContext().spanId,
    traceId: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
    error: span.status.code === SpanStatusCode.ERROR ? span.status.message : undefined,
    attributes: span.attributes,
    exceptions: span.events.map(({ attributes }) => attributes?.['exception.message'] as string | undefined),
    links: span.links.map(({ context }) => context.spanId),
    scope: span.instrumentationScope.name,
  }
}

const describe = (spans: readonly SeenSpan[]) =>
  spans.map(span => `${span.kind} ${span.name} ${span.error ?? ''}`).join('\n')
