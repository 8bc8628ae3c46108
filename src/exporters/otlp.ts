import * as http from 'node:http'
import * as https from 'node:https'
import {
  createOtlpNetworkExportDelegate,
  ExporterMetrics,
  type IOtlpExportDelegate,
  OTLPExporterBase,
} from '@opentelemetry/otlp-exporter-base'
import { createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http'
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
import type { OtlpConfig } from '../config/config.ts'
import type { Exporter } from './exporter.ts'
import { createGrpcTransport } from './grpc-transport.ts'

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

/** The SDK runs at most this many exports at once and drops a batch beyond it. */
const concurrencyLimit = 30

/** Sends one signal by OTLP, over the protocol that was asked for. */
export function createOtlpExporter<Items>(
  signal: OtlpSignal<Items>,
  config: OtlpConfig,
  userAgent: string,
): Exporter<Items> {
  return new OTLPExporterBase(
    config.protocol === 'grpc' ? grpcDelegate(signal, config, userAgent) : httpDelegate(signal, config, userAgent),
  )
}

function httpDelegate<Items>(
  signal: OtlpSignal<Items>,
  config: OtlpConfig,
  userAgent: string,
): IOtlpExportDelegate<Items> {
  const json = config.protocol === 'http/json'
  const contentType = json ? 'application/json' : 'application/x-protobuf'
  return createOtlpHttpExportDelegate(
    {
      ...shared(config),
      url: config.url,
      userAgent,
      headers: async () => ({ ...config.headers, 'content-type': contentType }),
      agentFactory: protocol =>
        protocol === 'https:'
          ? new https.Agent({ keepAlive: true, ...config.tls })
          : new http.Agent({ keepAlive: true }),
    },
    json ? signal.json : signal.protobuf,
    `otlp_http${json ? '_json' : ''}_${signal.component}`,
    signal.counting,
    undefined,
  )
}

function grpcDelegate<Items>(
  signal: OtlpSignal<Items>,
  config: OtlpConfig,
  userAgent: string,
): IOtlpExportDelegate<Items> {
  const counters = new ExporterMetrics<Items>({
    componentType: `otlp_grpc_${signal.component}`,
    metricsHelper: signal.counting,
    url: config.url,
    meterProvider: undefined,
    responseAttributesFromError: () => ({}),
  })
  const transport = createGrpcTransport({ ...config, path: signal.grpcPath, userAgent })
  return createOtlpNetworkExportDelegate(shared(config), signal.protobuf, counters, transport)
}

function shared({ timeoutMs, compression }: OtlpConfig) {
  // Node's timers take 2^31-1 at most, which is as good as the "no limit" that 0 asks for.
  return { timeoutMillis: Math.min(timeoutMs, 2 ** 31 - 1), compression, concurrencyLimit }
}
