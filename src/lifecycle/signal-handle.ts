/** A function that Node calls when this signal comes: with the signal's name twice, and its number. */
export type Deliver = (signal: NodeJS.Signals, ...args: unknown[]) => unknown

type Listen = (signal: NodeJS.Signals) => void

/**
 * Has Node hand a signal to `deliver` instead of `process.emit`, with no listener registered: those who count listeners
 * see nothing. Node arms a signal in a listener of its own for `newListener`, and binds what `process.emit` is at that
 * moment. Listeners that are there already stay. False where this cannot be done: in threads, and in copies of `process`.
 */
export function armSignal(signal: NodeJS.Signals, deliver: Deliver): boolean {
  if (starter() === undefined) return false
  let isOurs = false
  const emit = () => ((isOurs = true), deliver)
  letGo(signal)
  replacing('emit', emit, () => start(signal))
  // A handle that calls nobody would swallow the signal.
  if (!isOurs) disarmSignal(signal)
  return isOurs
}

/** The signal does again what it does without us. */
export function disarmSignal(signal: NodeJS.Signals): void {
  letGo(signal)
  if (process.listenerCount(signal) > 0) start(signal)
}

function letGo(signal: NodeJS.Signals): void {
  const nobody = () => 0
  replacing(
    'listenerCount',
    () => nobody,
    () => listenerOfNode('removeListener', 'stopListeningIfSignal')?.(signal),
  )
}

function start(signal: NodeJS.Signals): void {
  try {
    starter()?.(signal)
  } catch {
    // the system refuses
  }
}

const starter = () => listenerOfNode('newListener', 'startListeningIfSignal')

function listenerOfNode(event: 'newListener' | 'removeListener', name: string): Listen | undefined {
  const listeners = process.listeners(event as NodeJS.Signals) as Listen[]
  return listeners.find(listener => listener.name === name)
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
