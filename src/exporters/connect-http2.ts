import type { ClientHttp2Session } from 'node:http2'
import { connectSocket } from './connect-socket.ts'
import type { Target } from './transport.ts'

export interface Http2Connection {
  readonly session: ClientHttp2Session
  isOpen(): boolean
  destroy(): void
}

/** A session that does not keep the process alive, and whose socket is gone once it is destroyed. */
export function connectHttp2(target: Pick<Target, 'url' | 'tls'>): Http2Connection {
  const socket = connectSocket(target, { ALPNProtocols: ['h2'] })
  const session = process.getBuiltinModule('node:http2').connect(target.url, { createConnection: () => socket })
  // Without a listener a refused connection would be an uncaught exception of the app; the call learns of it itself.
  for (const emitter of [socket, session]) emitter.on('error', () => {})
  session.unref()
  return {
    session,
    isOpen: () => !session.closed && !session.destroyed,
    destroy() {
      session.destroy()
      socket.destroy() // a session that is closing already would wait for the other side
    },
  }
}
