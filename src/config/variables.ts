import { logLevels } from '../diagnostics/log-level.ts'
import { endpoint } from './parse-endpoint.ts'
import { attributes, headers } from './parse-pairs.ts'
import {
  boolean,
  listOf,
  milliseconds,
  names,
  oneOf,
  type Parser,
  ratio,
  text,
  timeout,
  wholeNumber,
} from './parsers.ts'

/** What we know about one environment variable. The reader and docs/configuration.md both live on this alone. */
export interface Variable<Value = unknown, Default extends Value | undefined = Value | undefined> {
  readonly parser: Parser<Value>
  /** Undefined where nothing is assumed. */
  readonly default: Default
  /** Says what the default is where a value cannot: it depends, or it is found elsewhere. */
  readonly defaultWords?: string
  /** Never shown to anybody. */
  readonly secret?: true
  readonly says: string
  /** What the form for one signal does, where that is more than to replace the general one. */
  readonly signalSays?: string
}

/** Infers a row: value and default have to agree. */
function row<Value, const Default extends Value | undefined>(
  variable: Variable<Value, Default>,
): Variable<Value, Default> {
  return variable
}

export const general = {
  OTEL_SDK_DISABLED: row({
    parser: boolean,
    default: false,
    says: 'Switches all telemetry off; the app runs as if we were not there.',
  }),
  OTEL_SERVICE_NAME: row({
    parser: text,
    default: undefined,
    defaultWords: 'the name in the package.json next to the entry script',
    says: 'Name of this component (`service.name`); give each component its own.',
  }),
  OTEL_RESOURCE_ATTRIBUTES: row({
    parser: attributes,
    default: {},
    says: 'Attributes that everything from this process carries, such as `deployment.environment.name=prod`.',
  }),
  OTEL_LOG_LEVEL: row({
    parser: oneOf(logLevels),
    default: 'warn',
    says: 'How much we say about ourselves on stderr.',
  }),
  OTEL_CONFIG_FILE: row({
    parser: text,
    default: undefined,
    says: 'A declarative configuration file (YAML), whose contents replace all other variables of this page.',
  }),
}

export const tracing = {
  OTEL_PROPAGATORS: row({
    parser: listOf(['tracecontext', 'baggage', 'b3', 'b3multi']),
    default: ['tracecontext', 'baggage'],
    says: 'The formats in which a trace crosses from process to process.',
  }),
  OTEL_TRACES_SAMPLER: row({
    parser: oneOf([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ]),
    default: 'parentbased_always_on',
    says: 'Decides which traces are recorded.',
  }),
  OTEL_TRACES_SAMPLER_ARG: row({
    parser: ratio,
    default: 1,
    says: 'The part of all traces that is recorded; only for `traceidratio` and `parentbased_traceidratio`.',
  }),
}

export const exporters = {
  OTEL_TRACES_EXPORTER: row({
    parser: listOf(['otlp', 'console', 'zipkin']),
    default: ['otlp'],
    says: 'Where spans go.',
  }),
  OTEL_METRICS_EXPORTER: row({
    parser: listOf(['otlp', 'console', 'prometheus']),
    default: ['otlp'],
    says: 'Where metrics go.',
  }),
  OTEL_LOGS_EXPORTER: row({
    parser: listOf(['otlp', 'console']),
    default: ['otlp'],
    says: 'Where log records go.',
  }),
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: row({
    parser: endpoint,
    default: 'http://localhost:9411/api/v2/spans',
    says: 'Where the exporter `zipkin` sends.',
  }),
  OTEL_EXPORTER_PROMETHEUS_HOST: row({
    parser: text,
    default: 'localhost',
    says: 'The address on which the exporter `prometheus` listens.',
  }),
  OTEL_EXPORTER_PROMETHEUS_PORT: row({
    parser: wholeNumber({ min: 1, max: 65_535 }),
    default: 9464,
    says: 'The port on which the exporter `prometheus` listens.',
  }),
}

/** `OTEL_EXPORTER_OTLP_<KEY>` for all signals; `OTEL_EXPORTER_OTLP_<SIGNAL>_<KEY>` goes before it. */
export const otlp = {
  ENDPOINT: row({
    parser: endpoint,
    default: undefined,
    defaultWords: 'http://localhost:4318, and http://localhost:4317 for grpc',
    says: 'Where OTLP goes. The path of the signal, such as `/v1/traces`, is added; grpc uses host and port alone.',
    signalSays: 'The complete address: no path is added.',
  }),
  PROTOCOL: row({
    parser: oneOf(['http/protobuf', 'http/json', 'grpc']),
    default: 'http/protobuf',
    says: 'How OTLP is spoken.',
  }),
  HEADERS: row({
    parser: headers,
    default: {},
    secret: true,
    says: 'Headers of each request, such as `Authorization=Bearer%20token`.',
    signalSays: 'Added to the general headers, and wins over one of the same name.',
  }),
  TIMEOUT: row({
    parser: timeout,
    default: 10_000,
    says: 'How long one export may take, with all its attempts.',
  }),
  COMPRESSION: row({
    parser: oneOf(['none', 'gzip']),
    default: 'none',
    says: 'How requests are compressed.',
  }),
  CERTIFICATE: row({
    parser: text,
    default: undefined,
    says: 'PEM file with the certificates that the collector is verified against.',
  }),
  CLIENT_KEY: row({
    parser: text,
    default: undefined,
    says: 'PEM file with the private key of this client, for mutual TLS.',
  }),
  CLIENT_CERTIFICATE: row({
    parser: text,
    default: undefined,
    says: 'PEM file with the certificate of this client, for mutual TLS.',
  }),
}

export const batching = {
  OTEL_BSP_SCHEDULE_DELAY: row({
    parser: milliseconds({ min: 0 }),
    default: 5000,
    defaultWords: '`5000`, and `1000` in a worker thread',
    says: 'How long a span waits at most until its batch is sent.',
  }),
  OTEL_BSP_MAX_QUEUE_SIZE: row({
    parser: wholeNumber({ min: 1 }),
    default: 2048,
    says: 'How many spans wait at most; more are dropped and counted.',
  }),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: row({
    parser: wholeNumber({ min: 1 }),
    default: 512,
    says: 'How many spans one request carries at most.',
  }),
  OTEL_BSP_EXPORT_TIMEOUT: row({
    parser: timeout,
    default: 10_000,
    says: 'How long the export of one batch of spans may take.',
  }),
  OTEL_BLRP_SCHEDULE_DELAY: row({
    parser: milliseconds({ min: 0 }),
    default: 1000,
    says: 'How long a log record waits at most until its batch is sent.',
  }),
  OTEL_BLRP_MAX_QUEUE_SIZE: row({
    parser: wholeNumber({ min: 1 }),
    default: 2048,
    says: 'How many log records wait at most; more are dropped and counted.',
  }),
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: row({
    parser: wholeNumber({ min: 1 }),
    default: 512,
    says: 'How many log records one request carries at most.',
  }),
  OTEL_BLRP_EXPORT_TIMEOUT: row({
    parser: timeout,
    default: 10_000,
    says: 'How long the export of one batch of log records may take.',
  }),
  OTEL_METRIC_EXPORT_INTERVAL: row({
    parser: milliseconds({ min: 1 }),
    default: 60_000,
    says: 'How often metrics are collected and sent.',
  }),
  OTEL_METRIC_EXPORT_TIMEOUT: row({
    parser: timeout,
    default: 30_000,
    says: 'How long collecting and sending metrics may take; never longer than the interval.',
  }),
}

export const instrumentations = {
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: row({
    parser: names,
    default: undefined,
    defaultWords: 'all that docs/instrumentations.md names',
    says: 'The libraries to watch, by short name (`http,pg,mongodb`), in place of the default list.',
  }),
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: row({
    parser: names,
    default: [],
    says: 'Libraries to leave out, by short name.',
  }),
  /** A pattern: `<NAME>` is the short name in capitals with `_`, as in `OTEL_INSTRUMENTATION_RUNTIME_NODE_ENABLED`. */
  'OTEL_INSTRUMENTATION_<NAME>_ENABLED': row({
    parser: boolean,
    default: undefined,
    says: 'Adds one library to the list or takes it out, as in `OTEL_INSTRUMENTATION_RUNTIME_NODE_ENABLED=false`.',
  }),
  'OTEL_INSTRUMENTATION_<NAME>_OFFICIAL': row({
    parser: boolean,
    default: undefined,
    says: "Watches `http`, `undici`, `express`, `redis` or `ioredis` by OpenTelemetry's own instrumentation in place of ours, as in `OTEL_INSTRUMENTATION_HTTP_OFFICIAL=true`.",
  }),
}

export const life = {
  OTEL_NODE_EXIT_TIMEOUT: row({
    parser: milliseconds({ min: 0 }),
    default: 1000,
    says: 'How long sending the rest may hold up a process that ends; 0 does not wait.',
  }),
  OTEL_NODE_DEFER_SETUP: row({
    parser: boolean,
    default: false,
    says: 'Begins by itself only in workers: cluster workers, child processes, threads. Elsewhere with `setupOtel()` or `handle.start()`.',
  }),
  _OTEL_DEFER_SETUP: row({
    parser: boolean,
    default: false,
    says: 'The same by another name, for units that are shared with other languages.',
  }),
  OTEL_NODE_FORCE_SETUP: row({
    parser: boolean,
    default: false,
    says: 'Begins also in npm, PM2 and other programs that only run the app (docs/processes.md).',
  }),
  OTEL_NODE_PROCESS_PROPAGATION: row({
    parser: boolean,
    default: true,
    says: 'Hands the running span to child processes and threads, and takes up the one in which this process was started.',
  }),
}
