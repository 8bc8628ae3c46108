import { metrics } from '@opentelemetry/api'
import { ProxyMeterProvider } from './proxy-meter-provider.ts'

/** Registers the proxy, unless there is one or somebody else provides metrics. */
export function placeMeterProxy(state: { handle?: unknown; meterProxy?: ProxyMeterProvider }): void {
  if (state.handle !== undefined || state.meterProxy !== undefined || isTaken()) return
  const proxy = new ProxyMeterProvider()
  if (metrics.setGlobalMeterProvider(proxy)) state.meterProxy = proxy
}

/** Asking first keeps the API from logging an error in the name of the app. */
function isTaken(): boolean {
  const registered = globalThis as { [key: symbol]: { metrics?: unknown } | undefined }
  return registered[Symbol.for('opentelemetry.js.api.1')]?.metrics !== undefined
}
