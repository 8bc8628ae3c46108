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
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { OtlpConfig, Protocol } from '../config/config.ts'
import { describeThrown } from '../diagnostics/describe-thrown.ts'
import { createTransport } from './create-transport.ts'
import type { Outcome } from './outcome.ts'
import { type AcceptanceReader, type OtlpResponse, readAcceptance } from './read-acceptance.ts'
import type { Sender } from './sender.ts'
import type { Answer, Target } from './transport.ts'
import { createWording } from './wording.ts'
import { writeLogs } from './write-logs.ts'
import { writeSpans } from './write-spans.ts'

/** What differs between the signals: how records are written and counted, and the gRPC method that takes them. */
export interface OtlpSignal<Items> {
  readonly protobuf: ISerializer<Items, OtlpResponse>
  readonly json: ISerializer<Items, unknown>
  readonly counting: IExporterMetricsHelper<Items>
  /** Leaves out the parts that are not to be kept, each of which is given as items of its own. */
  readonly filter: (items: Items, isKept: (part: Items) => boolean) => Items
  readonly component: string
  readonly grpcPath: string
  /** Field of a partial success. */
  readonly rejectedName: string
}

type Serializer<Items> = ISerializer<Items, OtlpResponse>

export const traces: OtlpSignal<ReadableSpan[]> = {
  protobuf: { ...(ProtobufTraceSerializer as Serializer<ReadableSpan[]>), serializeRequest: writeSpans },
  json: JsonTraceSerializer,
  counting: TraceExporterMetricsHelper,
  filter: (spans, isKept) => spans.filter(span => isKept([span])),
  component: 'span_exporter',
  grpcPath: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  rejectedName: 'rejectedSpans',
}
export const metrics: OtlpSignal<ResourceMetrics> = {
  protobuf: ProtobufMetricsSerializer as Serializer<ResourceMetrics>,
  json: JsonMetricsSerializer,
  counting: MetricsExporterMetricsHelper,
  filter: ({ resource, scopeMetrics }, isKept) => ({
    resource,
    scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.filter(metric => isKept({ resource, scopeMetrics: [{ scope, metrics: [metric] }] })),
    })),
  }),
  component: 'metric_exporter',
  grpcPath: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  rejectedName: 'rejectedDataPoints',
}
export const logs: OtlpSignal<ReadableLogRecord[]> = {
  protobuf: { ...(ProtobufLogsSerializer as Serializer<ReadableLogRecord[]>), serializeRequest: writeLogs },
  json: JsonLogsSerializer,
  counting: LogsExporterMetricsHelper,
  filter: (records, isKept) => records.filter(record => isKept([record])),
  component: 'log_exporter',
  grpcPath: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  rejectedName: 'rejectedLogRecords',
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
  const wording = createWording(target)
  const reader: AcceptanceReader = {
    rejectedName: signal.rejectedName,
    fromProtobuf: body => signal.protobuf.deserializeResponse(body),
  }

  function serialize(items: Items): Uint8Array {
    const body = serializer.serializeRequest(items)
    if (body === undefined) throw new Error('there is nothing to send')
    return body
  }

  /** An app can record what cannot be written, such as an object that contains itself: the others do not pay for it. */
  function write(items: Items): Written {
    try {
      return { body: serialize(items), unwritten: 0, words: undefined }
    } catch (error) {
      const kept = signal.filter(items, part => isWritable(part))
      const unwritten = count(items) - count(kept)
      if (unwritten === 0 || count(kept) === 0) throw error
      return { body: serialize(kept), unwritten, words: describeThrown(error) }
    }
  }

  function isWritable(part: Items): boolean {
    try {
      return serialize(part).length > 0
    } catch {
      return false
    }
  }

  function count(items: Items): number {
    return signal.counting.countItems(items)
  }

  function read(answer: Answer, { unwritten, words }: Written): Outcome {
    if (answer.kind !== 'accepted') return answer
    const { rejected, words: remark } = readAcceptance(answer.body, reader)
    const said = remark ?? words
    return { kind: 'sent', rejected, unwritten, ...(said !== undefined && { words: wording('', said) }) }
  }

  return {
    async send(items, timeoutMs) {
      const written = write(items)
      return read(await transport.send(written.body, Math.min(timeoutMs, config.timeoutMs)), written)
    },
    prepare(items) {
      const written = write(items)
      return { kind: 'parcel', target, body: written.body, read: answer => read(answer, written) }
    },
    abandon: () => transport.abandon(),
  }
}

/** A request, and what is not in it. */
interface Written {
  readonly body: Uint8Array
  readonly unwritten: number
  readonly words: string | undefined
}

/** As `otel.component.type` names it. */
export function otlpExporterType(signal: Pick<OtlpSignal<never>, 'component'>, { protocol }: OtlpConfig): string {
  return `${protocols[protocol].component}_${signal.component}`
}

const protocols: Readonly<Record<Protocol, { readonly format: 'protobuf' | 'json'; readonly component: string }>> = {
  'http/protobuf': { format: 'protobuf', component: 'otlp_http' },
  'http/json': { format: 'json', component: 'otlp_http_json' },
  grpc: { format: 'protobuf', component: 'otlp_grpc' },
}
