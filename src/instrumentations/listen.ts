import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** Listens to diagnostics channels, by name. Returns the undo. What a listener throws ends the process. */
export function listen(listeners: Readonly<Record<string, (message: never) => void>>): () => void {
  const entries = Object.entries(listeners) as [string, (message: unknown) => void][]
  for (const [name, listener] of entries) subscribe(name, listener)
  return () => entries.forEach(([name, listener]) => unsubscribe(name, listener))
}
