import type { VariableReader } from './read-variables.ts'
import { general, life } from './variables.ts'

// What decides whether anything is set up here, and when: all that a process is asked for which may never begin.

export function isDisabled({ read }: VariableReader): boolean {
  return read('OTEL_SDK_DISABLED', general.OTEL_SDK_DISABLED)
}

export function isDeferred({ given, read }: VariableReader): boolean {
  const named = given('OTEL_NODE_DEFER_SETUP', life.OTEL_NODE_DEFER_SETUP)
  return named ?? read('_OTEL_DEFER_SETUP', life._OTEL_DEFER_SETUP)
}

/** Also where the preload would stay out of the way. */
export function isForced({ read }: VariableReader): boolean {
  return read('OTEL_NODE_FORCE_SETUP', life.OTEL_NODE_FORCE_SETUP)
}
