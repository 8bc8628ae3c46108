import { noteModules } from './instrumentations/compile-hook.ts'
import { placeMeterProxy } from './providers/place-meter-proxy.ts'
import type { Wait } from './runtime.ts'

/** All that is done where set-up was deferred: what is loaded and asked for until then takes part when it begins. */
export const wait: Wait = runtime => {
  placeMeterProxy(runtime)
  noteModules()
}
