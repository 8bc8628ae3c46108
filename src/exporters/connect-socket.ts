import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { lookup } from './lookup.ts'
import type { Target } from './transport.ts'

/**
 * A connection to the collector, by TLS where the URL says so, that does not keep the process alive. An attempt that gets
 * no answer at all does, until it is given up: Node waits for it whatever is done here.
 */
export function connectSocket(target: Pick<Target, 'url' | 'tls'>, options: ConnectionOptions): Socket {
  const socket = connect(target, options)
  socket.unref()
  socket.on('connectionAttempt', () => socket.unref()) // each address tried has a new handle
  return socket
}

function connect({ url, tls }: Pick<Target, 'url' | 'tls'>, options: ConnectionOptions): Socket {
  const { protocol, host: authority, hostname, port } = new URL(url)
  const host = hostname.replaceAll(/[[\]]/g, '')
  // Only the module that is needed, and only now: each costs a process its start, or its end.
  if (protocol !== 'https:') {
    return process.getBuiltinModule('node:net').connect({ ...options, host, port: Number(port) || 80, lookup })
  }
  return process.getBuiltinModule('node:tls').connect({
    servername: readServerName(authority),
    ...options,
    ...tls,
    host,
    port: Number(port) || 443,
    lookup,
  })
}

/** What TLS may call the host of a `host` header: an address is no name. */
export function readServerName(authority: string): string {
  const name = authority.startsWith('[') ? '' : authority.split(':', 1)[0]!
  return process.getBuiltinModule('node:net').isIP(name) === 0 ? name : ''
}
