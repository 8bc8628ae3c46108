import type { Attributes } from '@opentelemetry/api'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { Problem, Report } from '../diagnostics/problem.ts'
import type { Config } from './config.ts'
import { freeze } from './freeze.ts'
import type { OtelOptions } from './options.ts'
import type { ReadFile } from './read-file.ts'
import { readOptions } from './read-options.ts'
import { createVariableReader, type Environment, type VariableReader } from './read-variables.ts'
import { resolveBatch, resolveReading } from './resolve-batching.ts'
import { resolveInstrumentations } from './resolve-instrumentations.ts'
import { resolveOtlp } from './resolve-otlp.ts'
import { isDeferred, isDisabled, isForced } from './switches.ts'
import { exporters, general, life, tracing } from './variables.ts'

interface ConfigSources {
  readonly env: Environment
  readonly options?: OtelOptions | undefined
  /** Reads the PEM files that variables name; may throw. */
  readonly readFile: ReadFile
  /** A thread may be ended from outside, without a word. */
  readonly isThread?: boolean
}

interface Resolution {
  readonly config: Config
  readonly problems: readonly Problem[]
}

interface Sources {
  readonly variables: VariableReader
  readonly options: OtelOptions
  readonly readFile: ReadFile
  readonly isThread: boolean
  readonly report: Report
}

/**
 * All precedence is here: options, then the variable of a signal, then the general variable, then the default.
 * Never throws, whatever it is given: what it cannot use comes back as a problem.
 */
export function resolveConfig({ env, options, readFile, isThread = false }: ConfigSources): Resolution {
  const problems = new Map<string, Problem>()
  const report: Report = problem => void problems.set(problem.message, problem)
  const sources = {
    variables: createVariableReader(env, report),
    options: readOptions(options, report),
    readFile,
    isThread,
    report,
  }
  judgeSwitches(sources)
  return { config: resolve(sources), problems: [...problems.values()] }
}

function resolve(sources: Sources): Config {
  const { variables, options } = sources
  const { read } = variables
  const libraries = resolveInstrumentations(variables, options.instrumentations)
  const sampler = read('OTEL_TRACES_SAMPLER', tracing.OTEL_TRACES_SAMPLER)
  return freeze({
    logLevel: read('OTEL_LOG_LEVEL', general.OTEL_LOG_LEVEL),
    ...resolveIdentity(sources),
    propagators: read('OTEL_PROPAGATORS', tracing.OTEL_PROPAGATORS),
    sampler: {
      name: sampler,
      // other samplers, also those we do not know, have arguments of other kinds
      ratio: sampler.endsWith('ratio') ? read('OTEL_TRACES_SAMPLER_ARG', tracing.OTEL_TRACES_SAMPLER_ARG) : 1,
    },
    traces: {
      exporters: read('OTEL_TRACES_EXPORTER', exporters.OTEL_TRACES_EXPORTER),
      otlp: resolveOtlp('traces', sources),
      zipkinUrl: read('OTEL_EXPORTER_ZIPKIN_ENDPOINT', exporters.OTEL_EXPORTER_ZIPKIN_ENDPOINT),
      batch: resolveBatch('OTEL_BSP', sources),
    },
    metrics: {
      exporters: read('OTEL_METRICS_EXPORTER', exporters.OTEL_METRICS_EXPORTER),
      otlp: resolveOtlp('metrics', sources),
      prometheus: {
        host: read('OTEL_EXPORTER_PROMETHEUS_HOST', exporters.OTEL_EXPORTER_PROMETHEUS_HOST),
        port: read('OTEL_EXPORTER_PROMETHEUS_PORT', exporters.OTEL_EXPORTER_PROMETHEUS_PORT),
      },
      ...resolveReading(sources),
    },
    logs: {
      exporters: read('OTEL_LOGS_EXPORTER', exporters.OTEL_LOGS_EXPORTER),
      otlp: resolveOtlp('logs', sources),
      batch: resolveBatch('OTEL_BLRP', sources),
    },
    instrumentations: libraries.instrumentations,
    configFile: read('OTEL_CONFIG_FILE', general.OTEL_CONFIG_FILE),
    exitTimeoutMs: options.exitTimeoutMs ?? read('OTEL_NODE_EXIT_TIMEOUT', life.OTEL_NODE_EXIT_TIMEOUT),
    processPropagation: read('OTEL_NODE_PROCESS_PROPAGATION', life.OTEL_NODE_PROCESS_PROPAGATION),
    // frozen by itself: what is in it belongs to the caller
    code: Object.freeze({
      ...pick(options, 'sampler', 'spanProcessors', 'logRecordProcessors', 'metricReaders', 'views', 'logger'),
      ...(options.instrumentations && { instrumentations: libraries.options }),
    }),
  })
}

/** They were obeyed before there was anybody to tell what is wrong with them. */
function judgeSwitches({ variables }: Sources): void {
  for (const isOn of [isDisabled, isDeferred, isForced]) isOn(variables)
}

type Identity = Pick<Config, 'serviceName' | 'serviceVersion' | 'resourceAttributes' | 'inheritableInstanceId'>

function resolveIdentity({ variables, options }: Sources): Identity {
  const { [ATTR_SERVICE_INSTANCE_ID]: instanceId, ...said }: Readonly<Attributes> = variables.read(
    'OTEL_RESOURCE_ATTRIBUTES',
    general.OTEL_RESOURCE_ATTRIBUTES,
  )
  const coded: Readonly<Attributes> = options.resourceAttributes ?? {}
  return {
    serviceName:
      options.serviceName?.trim() ??
      textOf(coded[ATTR_SERVICE_NAME]) ??
      variables.given('OTEL_SERVICE_NAME', general.OTEL_SERVICE_NAME) ??
      textOf(said[ATTR_SERVICE_NAME]),
    serviceVersion:
      options.serviceVersion?.trim() ?? textOf(coded[ATTR_SERVICE_VERSION]) ?? textOf(said[ATTR_SERVICE_VERSION]),
    resourceAttributes: { ...said, ...coded },
    inheritableInstanceId: textOf(instanceId),
  }
}

function pick<Name extends keyof OtelOptions>(options: OtelOptions, ...names: Name[]): Pick<OtelOptions, Name> {
  return Object.fromEntries(names.flatMap(name => (name in options ? [[name, options[name]]] : []))) as Pick<
    OtelOptions,
    Name
  >
}

/** `service.version` may well be a number in somebody's code. */
function textOf(attribute: unknown): string | undefined {
  const text = typeof attribute === 'number' ? String(attribute) : attribute
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined
}
