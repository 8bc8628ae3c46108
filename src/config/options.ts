import type { Attributes } from '@opentelemetry/api'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { MetricReader, ViewOptions } from '@opentelemetry/sdk-metrics'
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace'

/** Where our own lines go. The default writes them to stderr. */
export interface OtelLogger {
  error(message: string): void
  warn(message: string): void
  info(message: string): void
  debug(message: string): void
}

/**
 * What a caller may say in code. Everything is optional; what is left out comes from the environment.
 * A bad value is reported in one line on stderr and the default is used: nothing here ever throws.
 */
export interface OtelOptions {
  /**
   * `service.name`: the name of this component, one for each (`orders-api`, `orders-worker`).
   * Variable: `OTEL_SERVICE_NAME`. Default: the `name` in the package.json beside the entry script, with a warning.
   */
  readonly serviceName?: string
  /** `service.version`. Variable: `OTEL_RESOURCE_ATTRIBUTES=service.version=1.2.3`. Default: from the same package.json. */
  readonly serviceVersion?: string
  /** Attributes of the resource, over those of `OTEL_RESOURCE_ATTRIBUTES`. Default: none. */
  readonly resourceAttributes?: Attributes
  /**
   * Options of single instrumentations by short name, passed on as they are; `false` switches one off, `true` one on.
   * Variables: `OTEL_NODE_ENABLED_INSTRUMENTATIONS`, `OTEL_NODE_DISABLED_INSTRUMENTATIONS`,
   * `OTEL_INSTRUMENTATION_<NAME>_ENABLED`. `official: true` among the options takes OpenTelemetry's own instrumentation
   * in place of ours; variable: `OTEL_INSTRUMENTATION_<NAME>_OFFICIAL`.
   *
   * @example { pg: { enhancedDatabaseReporting: true }, undici: false, mongodb: true }
   */
  readonly instrumentations?: Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>
  /** Decides which traces are recorded. Variable: `OTEL_TRACES_SAMPLER`. Default: `parentbased_always_on`. */
  readonly sampler?: Sampler
  /** Run before our exporting processors, in this order. Default: none. */
  readonly spanProcessors?: readonly SpanProcessor[]
  /** Run before our exporting processors, in this order. Default: none. */
  readonly logRecordProcessors?: readonly LogRecordProcessor[]
  /** Read metrics beside the exporters of `OTEL_METRICS_EXPORTER`. Default: none. */
  readonly metricReaders?: readonly MetricReader[]
  /** Change names, buckets and attributes of metrics. Default: none. */
  readonly views?: readonly ViewOptions[]
  /** Longest time in milliseconds that leaving may take. Variable: `OTEL_NODE_EXIT_TIMEOUT`. Default: 1000. */
  readonly exitTimeoutMs?: number
  /**
   * Begin by itself only in workers: cluster workers, child processes and threads of the app. Elsewhere prepare only, and
   * begin with `handle.start()`. Variables: `OTEL_NODE_DEFER_SETUP`, `_OTEL_DEFER_SETUP`. Default: false.
   */
  readonly defer?: boolean
  /** Takes our own messages instead of stderr. How many there are: `OTEL_LOG_LEVEL`. Default: stderr, level `warn`. */
  readonly logger?: OtelLogger
}
