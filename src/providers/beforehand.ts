import type { ApiCopy } from './connect-api-copies.ts'
import type { ProxyMeterProvider } from './proxy-meter-provider.ts'

/** What the app can have got hold of before there are providers. */
export interface Beforehand {
  /** In place since `@org/otel` was imported, where it was. */
  meterProxy?: ProxyMeterProvider
  /** Gives the copy of the API that an ES module imports: no cache that can be read has it. May throw. */
  importApi?: () => ApiCopy
}
