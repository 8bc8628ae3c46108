import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { placeMeterProxy } from './providers/place-meter-proxy.ts'
import { runtime } from './runtime.ts'

export type { OtelLogger, OtelOptions } from './config/options.ts'
export { setupOtel } from './entry.ts'
export type { DropReason, OtelHandle, OtelHealth, OtelStatus, SignalHealth } from './handle.ts'

// All that this import does: instruments, tracers and loggers that modules create while they load work after set-up.
runtime.importApi = () => createRequire(import.meta.url)(fileURLToPath(import.meta.resolve('@opentelemetry/api')))
placeMeterProxy(runtime)
