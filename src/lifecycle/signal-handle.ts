/** A function that Node calls when this signal comes: with the signal's name twice, and its number. */
export type Deliver = (signal: NodeJS.Signals, ...args: unknown[]) => unknown

export interface SignalHandles {
  /** Has Node hand this signal to `deliver`. Listeners that are there already stay. */
  arm(signal: NodeJS.Signals): void
  /** The signal does again what it does without us. */
  disarm(signal: NodeJS.Signals): void
}

/**
 * Hands signals to `deliver` instead of `process.emit`, with no listener registered: those who count listeners see
 * nothing. Node arms a signal in a listener of its own for `newListener`, and binds what `process.emit` is at that
 * moment. Undefined where Node does not listen to signals: in threads.
 */
export function createSignalHandles(deliver: Deliver): SignalHandles | undefined {
  const start = listenerOfNode('newListener', 'startListeningIfSignal')
  const stop = listenerOfNode('removeListener', 'stopListeningIfSignal')
  if (start === undefined || stop === undefined) return undefined

  /** Node stops only what nobody listens to. */
  function letGo(signal: NodeJS.Signals): void {
    const nobody = () => 0
    replacing(
      'listenerCount',
      () => nobody,
      () => stop?.(signal),
    )
  }

  function open(signal: NodeJS.Signals): void {
    try {
      start?.(signal)
    } catch {
      // no file descriptor is left
    }
  }

  function disarm(signal: NodeJS.Signals): void {
    letGo(signal)
    if (process.listenerCount(signal) > 0) open(signal)
  }

  return {
    arm(signal) {
      let isOurs = false
      const emit = () => ((isOurs = true), deliver)
      letGo(signal)
      replacing('emit', emit, () => open(signal))
      // This `process` is a copy of Node's, as in tests: a handle that calls nobody would swallow the signal.
      if (!isOurs) disarm(signal)
    },
    disarm,
  }
}

type Listen = (signal: NodeJS.Signals) => void

function listenerOfNode(event: string, name: string): Listen | undefined {
  const { listeners }: { listeners(event: string): readonly unknown[] } = process
  const isIt = (listener: unknown): listener is Listen => typeof listener === 'function' && listener.name === name
  return Reflect.apply(listeners, process, [event]).find(isIt)
}

function replacing(name: 'emit' | 'listenerCount', get: () => unknown, act: () => void): void {
  const own = Object.getOwnPropertyDescriptor(process, name)
  Reflect.defineProperty(process, name, { configurable: true, get })
  try {
    act()
  } finally {
    Reflect.deleteProperty(process, name)
    if (own !== undefined) Reflect.defineProperty(process, name, own)
  }
}
