/**
 * When nothing is left to do, what is queued goes out before the process ends. What has not gone out by the end of
 * `flush` is abandoned: the SDK's own timers would hold the process until its export timeouts.
 * Node emits `beforeExit` once more after our own asynchronous work: that second time is the end.
 */
export function installExitFlush(flush: () => Promise<void>, abandon: () => void): () => void {
  let flushed = false
  function onBeforeExit(): void {
    if (!flushed) void flush().then(abandon)
    flushed = !flushed
  }
  process.on('beforeExit', onBeforeExit)
  return () => process.removeListener('beforeExit', onBeforeExit)
}
