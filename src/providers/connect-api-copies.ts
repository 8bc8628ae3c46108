import { createRequire } from 'node:module'
import { sep } from 'node:path'
import type { LoggerProvider, TracerProvider } from '@opentelemetry/api'
import type { Beforehand } from './beforehand.ts'
import { apiHolder, apiKey } from './shared-api.ts'

/** The real ones, not a proxy of some copy; undefined where nobody provides that signal. */
export interface SharedProviders {
  readonly traces: TracerProvider | undefined
  readonly logs: LoggerProvider | undefined
}

/**
 * Tracers and loggers that the app got before set-up ask the proxies of the copy of the API that they came from, which is
 * never ours, and there may be several, be they the two halves of one package. A copy connects its proxies when it
 * registers itself, so each is given the chance in turn, with the place of the shared object empty.
 */
export function connectApiCopies(providers: SharedProviders, { importApi }: Beforehand): void {
  const shared = apiHolder[apiKey]
  for (const api of [...attempt(importApi), ...findApiFiles()]) {
    delete apiHolder[apiKey]
    if (providers.traces !== undefined) api.trace?.setGlobalTracerProvider?.(providers.traces)
    if (providers.logs !== undefined) api.logs?.setGlobalLoggerProvider?.(providers.logs)
  }
  delete apiHolder[apiKey] // as long as only our meter proxy was in it, it had a guard: see place-meter-proxy.ts
  apiHolder[apiKey] = shared
}

function attempt(importApi: Beforehand['importApi']): ApiCopy[] {
  try {
    return importApi === undefined ? [] : [importApi()]
  } catch {
    return [] // what cannot be loaded was not loaded by the app either
  }
}

/** A copy of the API, or a file of one. */
export interface ApiCopy {
  readonly trace?: { setGlobalTracerProvider?(provider: TracerProvider): unknown }
  /** Came with 1.10. */
  readonly logs?: { setGlobalLoggerProvider?(provider: LoggerProvider): unknown }
}

/** What was loaded as CommonJS, by whomever. Before 1.10 there is no other kind. */
function findApiFiles(): ApiCopy[] {
  const inside = ['node_modules', '@opentelemetry', 'api', ''].join(sep)
  return Object.values(createRequire(import.meta.url).cache).flatMap(module =>
    module?.filename?.includes(inside) === true && isObject(module.exports) ? [module.exports] : [],
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
