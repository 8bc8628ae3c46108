import type { Config } from '../config/config.ts'

/**
 * The names of the instrumentations to start, in order. A list in the environment replaces the default one, a switch
 * of its own adds or removes a single name, and what is disabled by name is off whatever else was said.
 */
export function selectInstrumentations(
  defaults: readonly string[],
  { enabled, disabled, switched }: Config['instrumentations'],
): readonly string[] {
  const names = new Set(enabled ?? defaults)
  for (const [name, on] of Object.entries(switched)) {
    if (on) names.add(name)
    else names.delete(name)
  }
  for (const name of disabled) names.delete(name)
  return [...names]
}
