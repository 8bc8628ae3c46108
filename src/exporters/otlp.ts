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
import { createTransport } from './create-transport.ts'
import type { Outcome } from './outcome.ts'
import { type OtlpResponse, readAcceptance } from './read-acceptance.ts'
import type { Sender } from './sender.ts'
import type { Answer, Target } from './transport.ts'

/** What differs between the signals: how records are written and counted, and the gRPC method that takes them. */
export interface OtlpSignal<Items> {
  readonly protobuf: ISerializer<Items, OtlpResponse>
  readonly json: ISerializer<Items, unknown>
  readonly counting: IExporterMetricsHelper<Items>
  readonly component: string
  readonly grpcPath: string
}

type ItemsOf<S> = S extends ISerializer<infer Items, unknown> ? Items : never
type Serializer<Items> = ISerializer<Items, OtlpResponse>

export const traces: OtlpSignal<ItemsOf<typeof ProtobufTraceSerializer>> = {
  protobuf: ProtobufTraceSerializer as Serializer<ItemsOf<typeof ProtobufTraceSerializer>>,
  json: JsonTraceSerializer,
  counting: TraceExporterMetricsHelper,
  component: 'span_exporter',
  grpcPath: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
}
export const metrics: OtlpSignal<ItemsOf<typeof ProtobufMetricsSerializer>> = {
  protobuf: ProtobufMetricsSerializer as Serializer<ItemsOf<typeof ProtobufMetricsSerializer>>,
  json: JsonMetricsSerializer,
  counting: MetricsExporterMetricsHelper,
  component: 'metric_exporter',
  grpcPath: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
}
export const logs: OtlpSignal<ItemsOf<typeof ProtobufLogsSerializer>> = {
  protobuf: ProtobufLogsSerializer as Serializer<ItemsOf<typeof ProtobufLogsSerializer>>,
  json: JsonLogsSerializer,
  counting: LogsExporterMetricsHelper,
  component: 'log_exporter',
  grpcPath: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

/** Sends one signal by OTLP, over the protocol that was asked for. */
export function createOtlpSender<Items>(
  signal: OtlpSignal<Items>,
  config: OtlpConfig,
  userAgent: string,
): Sender<Items> {
  const target: Target = {
    protocol: config.protocol,
    url: config.url,
    headers: config.headers,
    compression: config.compression,
    tls: config.tls,
    grpcPath: signal.grpcPath,
    userAgent,
  }
  const transport = createTransport(target)
  const serializer = signal[protocols[config.protocol].format]

  function write(items: Items): Uint8Array {
    const body = serializer.serializeRequest(items)
    if (body === undefined) throw new Error('there is nothing to send')
    return body
  }

  function read(answer: Answer): Outcome {
    if (answer.kind !== 'accepted') return answer
    return readAcceptance(answer.body, body => signal.protobuf.deserializeResponse(body))
  }

  return {
    send: async (items, timeoutMs) => read(await transport.send(write(items), Math.min(timeoutMs, config.timeoutMs))),
    prepare: items => ({ kind: 'parcel', target, body: write(items), read }),
    abandon: () => transport.abandon(),
  }
}

/** As `otel.component.type` names it. */
export function otlpExporterType(signal: OtlpSignal<never>, { protocol }: OtlpConfig): string {
  return `${protocols[protocol].component}_${signal.component}`
}

const protocols: Readonly<Record<Protocol, { readonly format: 'protobuf' | 'json'; readonly component: string }>> = {
  'http/protobuf': { format: 'protobuf', component: 'otlp_http' },
  'http/json': { format: 'json', component: 'otlp_http_json' },
  grpc: { format: 'protobuf', component: 'otlp_grpc' },
}
