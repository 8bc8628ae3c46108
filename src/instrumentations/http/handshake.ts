import type { Duplex } from 'node:stream'

type Method = (this: Duplex, ...args: unknown[]) => unknown
type Methods = Record<'write' | 'end', Method>

/**
 * A request for another protocol (`Upgrade`, `CONNECT`) has no response: the app answers on the socket. Tells the status
 * that it writes first, or `undefined` where the socket closes without any. Nothing of ours is on the socket from then on.
 */
export function awaitAnswer(socket: Duplex, onAnswer: (status: number | undefined) => void): void {
  const methods = socket as unknown as Methods
  const had = {
    write: Object.getOwnPropertyDescriptor(socket, 'write'),
    end: Object.getOwnPropertyDescriptor(socket, 'end'),
  }
  const ours = { write: listenTo('write'), end: listenTo('end') }
  const onClose = (): void => finish(undefined)
  socket.once('close', onClose)
  Object.assign(socket, ours)

  function listenTo(name: keyof Methods): Method {
    const method = methods[name]
    return function (...args) {
      finish(readStatus(args[0]))
      return Reflect.apply(method, this, args)
    }
  }

  function finish(status: number | undefined): void {
    socket.off('close', onClose)
    for (const name of ['write', 'end'] as const) {
      const descriptor = had[name]
      if (methods[name] !== ours[name]) continue // somebody has put another one over it
      if (descriptor === undefined) Reflect.deleteProperty(socket, name)
      else Object.defineProperty(socket, name, descriptor)
    }
    onAnswer(status)
  }
}

function readStatus(chunk: unknown): number | undefined {
  const start = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.slice(0, 16) : ''
  const text = typeof start === 'string' ? start : Buffer.from(start).toString('latin1')
  const status = /^HTTP\/1\.\d (\d{3})/.exec(text)?.[1]
  return status === undefined ? undefined : Number(status)
}
