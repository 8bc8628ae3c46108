import { placeMeterProxy } from './providers/place-meter-proxy.ts'
import { runtime } from './runtime.ts'

export type { OtelLogger, OtelOptions } from './config/options.ts'
export { setupOtel } from './entry.ts'
export type { DropReason, OtelHandle, OtelHealth, OtelStatus, SignalHealth } from './handle.ts'

// The only thing that this import does: instruments that modules create while they load work after set-up.
placeMeterProxy(runtime)
