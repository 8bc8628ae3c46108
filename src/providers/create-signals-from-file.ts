import { logs, metrics, trace } from '@opentelemetry/api'
import type { EnvironmentCarrier } from '../config/environment-carrier.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { needOptional, hasApi } from '../optional-package.ts'
import type { Beforehand } from './beforehand.ts'
import { connectApiCopies } from './connect-api-copies.ts'
import type { Signals } from './create-signals.ts'
import { settleAll } from './pipeline.ts'
import { takeUpContext } from './propagators.ts'

const packageName = '@opentelemetry/sdk-node'

interface SdkNode {
  /** Reads the file that `OTEL_CONFIG_FILE` names, and registers what it describes with the API. */
  startNodeSDK(options: object): { shutdown(): Promise<void> }
}

/**
 * The signals that a declarative configuration file describes, made by the optional package that reads such files.
 * Undefined, and one line that says why, where that is not installed or the file cannot be used.
 */
export function createSignalsFromFile(
  file: string,
  beforehand: Beforehand,
  carrier: EnvironmentCarrier,
  report: Report,
): Pick<Signals, 'providers' | 'flush' | 'shutdown'> | undefined {
  const { meterProxy } = beforehand
  const require = needOptional(packageName, 'OTEL_CONFIG_FILE', report)
  if (require === undefined) return undefined
  hasApi(require, packageName, report)
  if (meterProxy !== undefined) metrics.disable() // makes place: the proxy goes on working as its delegate's front
  const sdk = (require(packageName) as SdkNode).startNodeSDK({})
  const registered = [trace.getTracerProvider(), metrics.getMeterProvider(), logs.getLoggerProvider()].map(provider =>
    reach(provider),
  )
  if (registered.every(provider => provider === undefined)) {
    report(createProblem('config-file-unusable', { file }))
    return undefined
  }
  takeUpContext(carrier)
  meterProxy?.setDelegate(metrics.getMeterProvider())
  connectApiCopies({ traces: reach(trace.getTracerProvider()), logs: reach(logs.getLoggerProvider()) }, beforehand)
  return {
    providers: {
      traces: trace.getTracerProvider(),
      metrics: metrics.getMeterProvider(),
      logs: logs.getLoggerProvider(),
    },
    flush: () => settleAll(registered.map(provider => async () => provider?.forceFlush())),
    shutdown: () => sdk.shutdown(),
  }
}

interface Flushable {
  forceFlush(): Promise<void>
}

/** The SDK's provider, behind the proxy that the API keeps before it; undefined where the file has none. */
function reach<Provider extends object>(provider: Provider): (Provider & Flushable) | undefined {
  const real = 'getDelegate' in provider ? (provider as { getDelegate(): Provider }).getDelegate() : provider
  return 'forceFlush' in real ? (real as Provider & Flushable) : undefined
}
