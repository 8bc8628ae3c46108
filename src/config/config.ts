import type { Attributes } from '@opentelemetry/api'
import type { LogLevel } from '../diagnostics/log-level.ts'
import type { OtelOptions } from './options.ts'

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc'
export type Propagator = 'tracecontext' | 'baggage' | 'b3' | 'b3multi'
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio'

/** How one signal travels by OTLP. */
export interface OtlpConfig {
  readonly protocol: Protocol
  /** Complete: with the signal's path for HTTP, the origin alone for gRPC. */
  readonly url: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly compression: 'none' | 'gzip'
  /** PEM, read from the files that the variables name. */
  readonly tls: {
    readonly ca?: Buffer
    readonly key?: Buffer
    readonly cert?: Buffer
    readonly rejectUnauthorized?: false
  }
}

/** An empty list of exporters means `none`. `prometheus` only for metrics, `zipkin` only for traces. */
interface ExportConfig<Name extends string> {
  readonly exporters: readonly Name[]
  readonly otlp: OtlpConfig
}

export interface BatchConfig {
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly scheduledDelayMs: number
  readonly exportTimeoutMs: number
}

/** What we were told: environment and options in one frozen value. Nobody asks later where a part of it came from. */
export interface Config {
  readonly logLevel: LogLevel
  /** Undefined where nobody gave one: the resource room then finds one. */
  readonly serviceName: string | undefined
  readonly serviceVersion: string | undefined
  readonly resourceAttributes: Readonly<Attributes>
  /** `service.instance.id` where it comes from the environment, which child processes inherit. */
  readonly inheritableInstanceId: string | undefined
  readonly propagators: readonly Propagator[]
  readonly sampler: { readonly name: SamplerName; readonly ratio: number }
  readonly traces: ExportConfig<'otlp' | 'console' | 'zipkin'> & {
    readonly zipkinUrl: string
    readonly batch: BatchConfig
  }
  readonly metrics: ExportConfig<'otlp' | 'console' | 'prometheus'> & {
    readonly prometheus: { readonly host: string; readonly port: number }
    readonly intervalMs: number
    readonly timeoutMs: number
  }
  readonly logs: ExportConfig<'otlp' | 'console'> & { readonly batch: BatchConfig }
  /** Short names as upstream writes them: `http`, `pg`, `runtime-node`. */
  readonly instrumentations: {
    /** Replaces the default list. */
    readonly enabled: readonly string[] | undefined
    readonly disabled: readonly string[]
    /** `OTEL_INSTRUMENTATION_<NAME>_ENABLED`, by short name. */
    readonly switched: Readonly<Record<string, boolean>>
    /** Those to watch by OpenTelemetry's own packages although we do without. */
    readonly official: readonly string[]
  }
  /** `OTEL_CONFIG_FILE`: a declarative configuration, whose contents replace all the rest. */
  readonly configFile: string | undefined
  readonly exitTimeoutMs: number
  /** Whether a trace goes on in the processes and threads that this one starts, and from the one that started it. */
  readonly processPropagation: boolean
  /** What only code can say: objects and functions, taken as they are. */
  readonly code: Pick<
    OtelOptions,
    'sampler' | 'spanProcessors' | 'logRecordProcessors' | 'metricReaders' | 'views' | 'instrumentations' | 'logger'
  >
}
