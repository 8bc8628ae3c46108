/**
 * When nothing is left to do, what is queued goes out before the process ends.
 * Node emits `beforeExit` once more after our own asynchronous work: that second time is the end.
 */
export function installExitFlush(flush: () => Promise<void>): () => void {
  let flushed = false
  function onBeforeExit(): void {
    if (!flushed) void flush()
    flushed = !flushed
  }
  process.on('beforeExit', onBeforeExit)
  return () => process.removeListener('beforeExit', onBeforeExit)
}
