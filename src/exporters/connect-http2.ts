import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { lookup } from './lookup.ts'
import type { Target } from './transport.ts'

export interface Http2Connection {
  readonly session: ClientHttp2Session
  isOpen(): boolean
  destroy(): void
}

/** A session that does not keep the process alive, and whose socket is gone once it is destroyed. */
export function connectHttp2({ url, tls }: Pick<Target, 'url' | 'tls'>): Http2Connection {
  const socket = connect(new URL(url), tls)
  const session = process.getBuiltinModule('node:http2').connect(url, { createConnection: () => socket })
  // Without a listener a refused connection would be an uncaught exception of the app; the call learns of it itself.
  for (const emitter of [socket, session]) emitter.on('error', () => {})
  session.unref()
  socket.on('connectionAttempt', () => socket.unref()) // each address tried has a new handle
  return {
    session,
    isOpen: () => !session.closed && !session.destroyed,
    destroy() {
      session.destroy()
      socket.destroy() // a session that is closing already would wait for the other side
    },
  }
}

function connect({ protocol, hostname, port }: URL, tls: Target['tls']): Socket {
  const net = process.getBuiltinModule('node:net')
  const host = hostname.replaceAll(/[[\]]/g, '')
  if (protocol !== 'https:') return net.connect({ host, port: Number(port || 80), lookup })
  return process.getBuiltinModule('node:tls').connect({
    ...tls,
    host,
    port: Number(port || 443),
    lookup,
    ALPNProtocols: ['h2'],
    ...(net.isIP(host) === 0 && { servername: host }),
  })
}
