import { createOtlpNetworkExportDelegate, ExporterMetrics } from '@opentelemetry/otlp-exporter-base'
import {
  type IExporterMetricsHelper,
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer'
import type { OtlpConfig, Protocol } from '../config/config.ts'
import type { AbandonableExporter } from './exporter.ts'
import { createGrpcTransport } from './grpc-transport.ts'
import { createHttpTransport } from './http-transport.ts'
import { createRetryingTransport } from './retrying-transport.ts'
import type { Transport } from './transport.ts'

/** What differs between the signals: how records are written and counted, and the gRPC method that takes them. */
export interface OtlpSignal<Items> {
  readonly protobuf: ISerializer<Items, unknown>
  readonly json: ISerializer<Items, unknown>
  readonly counting: IExporterMetricsHelper<Items>
  readonly component: string
  readonly grpcPath: string
}

type ItemsOf<S> = S extends ISerializer<infer Items, unknown> ? Items : never

export const traces: OtlpSignal<ItemsOf<typeof ProtobufTraceSerializer>> = {
  protobuf: ProtobufTraceSerializer,
  json: JsonTraceSerializer,
  counting: TraceExporterMetricsHelper,
  component: 'span_exporter',
  grpcPath: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
}
export const metrics: OtlpSignal<ItemsOf<typeof ProtobufMetricsSerializer>> = {
  protobuf: ProtobufMetricsSerializer,
  json: JsonMetricsSerializer,
  counting: MetricsExporterMetricsHelper,
  component: 'metric_exporter',
  grpcPath: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
}
export const logs: OtlpSignal<ItemsOf<typeof ProtobufLogsSerializer>> = {
  protobuf: ProtobufLogsSerializer,
  json: JsonLogsSerializer,
  counting: LogsExporterMetricsHelper,
  component: 'log_exporter',
  grpcPath: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

/** The SDK drops a batch when this many are under way. */
const concurrencyLimit = 30

/** Sends one signal by OTLP, over the protocol that was asked for. */
export function createOtlpExporter<Items>(
  signal: OtlpSignal<Items>,
  config: OtlpConfig,
  userAgent: string,
): AbandonableExporter<Items> {
  const { make, format, component } = protocols[config.protocol]
  const transport = createRetryingTransport(make({ ...config, grpcPath: signal.grpcPath, userAgent }))
  const counters = new ExporterMetrics<Items>({
    componentType: `${component}_${signal.component}`,
    metricsHelper: signal.counting,
    url: config.url,
    meterProvider: undefined,
    responseAttributesFromError: () => ({}),
  })
  const { timeoutMs: timeoutMillis, compression } = config
  const delegate = createOtlpNetworkExportDelegate(
    { timeoutMillis, compression, concurrencyLimit },
    signal[format],
    counters,
    transport,
  )
  return {
    export: (items, done) => delegate.export(items, done),
    forceFlush: () => delegate.forceFlush(),
    shutdown: () => delegate.shutdown(),
    abandon: () => transport.shutdown(),
  }
}

type TransportOptions = OtlpConfig & { readonly grpcPath: string; readonly userAgent: string }

interface ProtocolRow {
  readonly make: (options: TransportOptions) => Transport
  readonly format: 'protobuf' | 'json'
  /** As `otel.component.type` names it. */
  readonly component: string
}

const protocols: Readonly<Record<Protocol, ProtocolRow>> = {
  'http/protobuf': {
    make: options => createHttpTransport({ ...options, contentType: 'application/x-protobuf' }),
    format: 'protobuf',
    component: 'otlp_http',
  },
  'http/json': {
    make: options => createHttpTransport({ ...options, contentType: 'application/json' }),
    format: 'json',
    component: 'otlp_http_json',
  },
  grpc: {
    make: options => createGrpcTransport({ ...options, path: options.grpcPath }),
    format: 'protobuf',
    component: 'otlp_grpc',
  },
}
