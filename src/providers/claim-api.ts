import { diag } from '@opentelemetry/api'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { apiHolder, apiKey } from './shared-api.ts'

/** What makes an SDK; `diag` alone is a logger that somebody set. */
const sdkApis = ['trace', 'metrics', 'logs', 'context', 'propagation'] as const

/**
 * Whether the API of this process is free for us. Where another SDK has registered itself it is named and stays in
 * charge. `meterProxy` is our own: it is in place since `@org/otel` was imported.
 */
export function claimApi(meterProxy: unknown, report: Report): boolean {
  const otherSdk = findOtherSdk(meterProxy)
  if (otherSdk !== undefined) {
    report(createProblem('other-sdk', otherSdk))
    return false
  }
  const olderApi = replaceOlderApi()
  if (olderApi !== undefined) report(createProblem('older-api', { found: olderApi }))
  return true
}

interface OtherSdk {
  readonly name: string
  readonly apiVersion: string
}

/** Another SDK, by the class of its tracer provider where it has one. */
function findOtherSdk(meterProxy: unknown): OtherSdk | undefined {
  const api = apiHolder[apiKey]
  const taken = sdkApis.filter(name => api?.[name] !== undefined && api[name] !== meterProxy)
  if (api === undefined || taken.length === 0) return undefined
  return { name: className(api.trace) ?? `for ${taken.join(', ')}`, apiVersion: api.version }
}

/**
 * An older copy of the API that registered no more than its `diag` logger would make every registration of ours fail.
 * It is replaced by ours, and the older copy reads from ours as it would have from the start.
 * Returns the version that was replaced.
 */
function replaceOlderApi(): string | undefined {
  const older = apiHolder[apiKey]
  if (older === undefined || sdkApis.some(name => older[name] !== undefined)) return undefined
  delete apiHolder[apiKey]
  diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} }) // registers with our version
  const ours: { readonly version: string } | undefined = apiHolder[apiKey]
  return ours?.version === older.version ? undefined : older.version
}

function className(provider: unknown): string | undefined {
  const proxy = provider as { getDelegate?: () => object } | undefined
  const real = proxy?.getDelegate?.() ?? proxy
  return real?.constructor.name.replace(/\$\d+$/, '') // bundlers number what has the same name
}
