// Preloaded into the process or thread of a sandboxed processor.
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { BullMQInstrumentation } from '../../../src/instrumentations/bullmq/instrumentation.ts'

// Sends nothing unless it is asked to.
const spanProcessors = [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 3_600_000 })]
const provider = new TracerProvider({ spanProcessors })
trace.setGlobalTracerProvider(provider)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
const ending = { flush: () => provider.forceFlush(), timeoutMs: 1000 }
new BullMQInstrumentation({}, ending).setTracerProvider(provider)
