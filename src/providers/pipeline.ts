/** One signal, built and ready: it takes its place in the API at `install`, and not before. */
export interface Pipeline {
  /** Registers with the API. False where somebody else is registered already; then nothing was changed. */
  install(): boolean
  /** Takes back what `install` registered. */
  uninstall(): void
  /** Sends what is in our queues. Never rejects; resolves when nothing more can be done within `timeoutMs`, or later. */
  flush(timeoutMs: number): Promise<void>
  /** Ends all that works in it, whoever it belongs to. */
  shutdown(timeoutMs: number): Promise<void>
  /** Where somebody else's parts work in it, which know no other way to end than promises: their flush. */
  readonly flushForeign?: (() => Promise<void>) | undefined
}

/** Does all of it side by side, and resolves when all has settled. */
export async function settleAll(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.allSettled(work.map(async act => act()))
}

/**
 * Flushes the user's parts; undefined where there are none. One flush at a time, which all share who ask meanwhile: one
 * of those parts may ask as well.
 */
export function foreignFlush(parts: readonly { forceFlush(): Promise<void> }[]): (() => Promise<void>) | undefined {
  let running: Promise<void> | undefined
  const flushAll = (): Promise<void> => settleAll(parts.map(part => () => part.forceFlush()))
  return parts.length === 0
    ? undefined
    : () =>
        (running ??= Promise.resolve()
          .then(flushAll)
          .finally(() => (running = undefined)))
}
