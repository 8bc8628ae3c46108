import { diag } from '@opentelemetry/api'
import type { Pipeline } from './pipeline.ts'

/** The shared object that all copies of `@opentelemetry/api` 1.x in a process read. */
const key = Symbol.for('opentelemetry.js.api.1')
const registered = globalThis as { [key]?: Record<string, unknown> & { readonly version: string } }

/** What makes an SDK; `diag` alone is a logger that somebody set. */
const sdkApis = ['trace', 'metrics', 'logs', 'context', 'propagation'] as const

export interface OtherSdk {
  readonly name: string
  readonly apiVersion: string
}

/** Another SDK that has registered itself, by the class of its tracer provider where it has one. */
export function findOtherSdk(ours: readonly unknown[]): OtherSdk | undefined {
  const api = registered[key]
  const taken = sdkApis.filter(name => api?.[name] !== undefined && !ours.includes(api[name]))
  if (api === undefined || taken.length === 0) return undefined
  return { name: className(api.trace) ?? `for ${taken.join(', ')}`, apiVersion: api.version }
}

/**
 * An older copy of the API that registered no more than its `diag` logger would make every registration of ours fail.
 * It is replaced by ours, its logger goes along, and the older copy reads from ours as it would have from the start.
 * Returns the version that was replaced.
 */
export function replaceOlderApi(): string | undefined {
  const older = registered[key]
  if (older === undefined || sdkApis.some(name => older[name] !== undefined)) return undefined
  delete registered[key]
  diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} }) // registers with our version
  const ours: Record<string, unknown> | undefined = registered[key]
  if (ours !== undefined && older.diag !== undefined) ours.diag = older.diag
  return ours?.version === older.version ? undefined : older.version
}

/** Registers all or nothing. */
export function installGlobals(pipelines: readonly Pick<Pipeline, 'install' | 'uninstall'>[]): boolean {
  const installed: (typeof pipelines)[number][] = []
  for (const pipeline of pipelines) {
    if (pipeline.install()) {
      installed.push(pipeline)
      continue
    }
    for (const done of installed) done.uninstall()
    return false
  }
  return true
}

function className(provider: unknown): string | undefined {
  const proxy = provider as { getDelegate?: () => object } | undefined
  const real = proxy?.getDelegate?.() ?? proxy
  return real?.constructor.name
}
