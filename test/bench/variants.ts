import { join } from 'node:path'

/** One way to run a program. */
export interface Variant {
  readonly name: string
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What it must bring to the sink. */
  readonly brings: Brings
}

interface Brings {
  /** The part of all requests whose spans arrive. */
  readonly traced: number
  readonly isMetered: boolean
}

export const peers = join(import.meta.dirname, 'peers')

export const bare: Variant = { name: 'bare', flags: [], env: {}, brings: { traced: 0, isMetered: false } }

export const modes = ['100 %', '10 %', 'metrics only'] as const
export type Mode = (typeof modes)[number]

const settings: Readonly<Record<Mode, { readonly env: Variant['env']; readonly brings: Brings }>> = {
  '100 %': { env: {}, brings: { traced: 1, isMetered: true } },
  '10 %': {
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    brings: { traced: 0.1, isMetered: true },
  },
  'metrics only': { env: { OTEL_TRACES_EXPORTER: 'none' }, brings: { traced: 0, isMetered: true } },
}

/** @param register a file: `dist/register.js` of the version that is measured */
export function ours(register: string, mode: Mode): Variant {
  return byOpenTelemetry('ours', register, mode)
}

/** Another version of ours, where there is one to compare with. */
export function before(register: string | undefined, mode: Mode): Variant[] {
  return register === undefined ? [] : [byOpenTelemetry('before', register, mode)]
}

export function disabled(register: string): Variant {
  return { ...ours(register, '100 %'), name: 'disabled', env: { OTEL_SDK_DISABLED: 'true' } }
}

export function stock(mode: Mode): Variant {
  return byOpenTelemetry('stock', '@opentelemetry/auto-instrumentations-node/register', mode)
}

/** The cloud detectors of stock would ask for addresses that only clouds have. */
function byOpenTelemetry(product: string, register: string, mode: Mode): Variant {
  return {
    name: `${product} ${mode}`,
    flags: ['--import', register],
    env: {
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
      OTEL_NODE_EXIT_TIMEOUT: '10000',
      ...settings[mode].env,
    },
    brings: settings[mode].brings,
  }
}

export const datadog: Variant = {
  name: 'dd-trace',
  flags: ['--import', 'dd-trace/initialize.mjs'],
  env: { DD_TRACE_STARTUP_LOGS: 'false' },
  brings: { traced: 1, isMetered: false },
}

/** The address of the sink and the name by which it knows who sent something. */
export function speakTo(sinkPort: number, name: string): Readonly<Record<string, string>> {
  const url = `http://127.0.0.1:${sinkPort}`
  return { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: name, DD_TRACE_AGENT_URL: url, DD_SERVICE: name }
}
