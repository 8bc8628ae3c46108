type Tell = (error: unknown) => void

const waiting = new Set<Tell>()

/** Calls `tell` with what is being thrown at the moment, if nobody catches it. */
export function onUncaught(tell: Tell): void {
  if (waiting.size === 0) {
    process.on('uncaughtExceptionMonitor', tellAll)
    queueMicrotask(forget)
  }
  waiting.add(tell)
}

function tellAll(error: unknown): void {
  for (const tell of waiting) tell(error)
  forget()
}

function forget(): void {
  waiting.clear()
  process.off('uncaughtExceptionMonitor', tellAll)
}
