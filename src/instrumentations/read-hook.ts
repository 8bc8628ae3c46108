import type { WatchParts } from './watch.ts'

/** A function among the user's options, which may be anything. */
export function readHook<Hook>(options: WatchParts['options'], name: string): Hook | undefined {
  const value = options[name]
  return typeof value === 'function' ? (value as Hook) : undefined
}
