import { type MeterProvider, metrics } from '@opentelemetry/api'
import { ProxyMeterProvider } from './proxy-meter-provider.ts'
import { apiHolder, apiKey } from './shared-api.ts'

/** Registers the proxy, unless there is one or somebody else has registered anything. */
export function placeMeterProxy(state: { handle?: unknown; meterProxy?: ProxyMeterProvider }): void {
  if (state.handle !== undefined || state.meterProxy !== undefined || isTaken()) return
  const proxy = new ProxyMeterProvider()
  if (!metrics.setGlobalMeterProvider(proxy)) return
  state.meterProxy = proxy
  giveWay(proxy)
}

/** A logger for `diag` is no SDK. */
function isTaken(): boolean {
  return Object.keys(apiHolder[apiKey] ?? {}).some(name => name !== 'version' && name !== 'diag')
}

/**
 * Whoever imports us and then starts another SDK must not lose its metrics to our proxy: who reads sees the proxy, who
 * registers a meter provider finds the place free, and provides for what the proxy has given out. The two can be told
 * apart: all copies of the API write the shared object back to where they found it right before they look whether a
 * place in it is taken, and never when they read.
 */
function giveWay(proxy: ProxyMeterProvider): void {
  const shared = apiHolder[apiKey]!
  let isRegistering = false
  define(apiHolder, apiKey, {
    get() {
      isRegistering = false
      return shared
    },
    set(value) {
      isRegistering = value === shared
      if (!isRegistering) define(apiHolder, apiKey, { value, writable: true })
    },
  })
  define(shared, 'metrics', {
    get: () => (isRegistering ? undefined : proxy),
    set(value: MeterProvider) {
      define(shared, 'metrics', { value, writable: true })
      define(apiHolder, apiKey, { value: shared, writable: true })
      proxy.setDelegate(value)
    },
  })
}

function define(object: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
  Object.defineProperty(object, name, { ...descriptor, configurable: true, enumerable: true })
}
