import { connectSocket, readServerName } from './connect-socket.ts'
import type { Target } from './transport.ts'

/** Hears what comes back for one request. */
interface Hearer {
  hear(bytes: Buffer): void
  /** The other side has ended the connection. */
  end(): void
  /** Without an error the connection was just closed. */
  fail(error?: Error): void
}

/** Carries one request at a time. */
export interface Http1Connection {
  /** It has carried a request before: the other side may have closed it meanwhile. */
  readonly isKept: boolean
  post(head: string, body: Uint8Array, hearer: Hearer): void
  /** The answer is complete: kept for so long (0: no limit), or closed where that is undefined. Nothing is heard any more. */
  release(idleMs: number | undefined): void
  destroy(): void
}

export interface Http1Connections {
  /** The one that nothing is under way on. One alone is kept: a request that met a dead one will not meet another. */
  takeIdle(): Http1Connection | undefined
  open(): Http1Connection
  destroy(): void
}

/** After the answer, the rest of the request may stand still for so long. */
const lingerMs = 10_000
const tcp = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 }

/**
 * On bare sockets. The requests of node:http's client would be a second kind of object in the functions that it shares
 * with the app's server, which V8 from then on runs slower for each answer of that server.
 */
export function createHttp1Connections(target: Target): Http1Connections {
  const all = new Set<Http1Connection>()
  let idle: Http1Connection | undefined
  let session: Buffer | undefined
  const { host } = target.headers

  function open(): Http1Connection {
    const socket = connectSocket(target, {
      ...tcp,
      ...(host !== undefined && { servername: readServerName(host) }),
      ...(session && { session }),
    })
    let hearer: Hearer | undefined
    let isKept = false
    const connection: Http1Connection = {
      get isKept() {
        return isKept
      },
      post(head, body, who) {
        hearer = who
        socket.setTimeout(0)
        socket.cork()
        socket.write(head, 'latin1')
        socket.write(body)
        socket.uncork()
      },
      release(idleMs) {
        hearer = undefined
        isKept = idleMs !== undefined && idle === undefined && socket.writable && socket.writableLength === 0
        socket.setTimeout(isKept ? (idleMs ?? 0) : lingerMs)
        if (isKept) idle = connection
        else socket.destroySoon()
      },
      destroy() {
        hearer = undefined
        if (idle === connection) idle = undefined
        socket.destroy()
      },
    }
    function fail(error?: Error): void {
      const who = hearer
      connection.destroy()
      who?.fail(error)
    }
    socket.on('data', bytes => (hearer === undefined ? connection.destroy() : hearer.hear(bytes)))
    socket.on('end', () => {
      if (socket.destroyed) return // TLS that never began says so
      hearer?.end()
      fail()
    })
    socket.on('timeout', () => connection.destroy())
    socket.on('error', error => {
      session = undefined // it may be what went wrong
      fail(error)
    })
    socket.on('close', () => {
      all.delete(connection)
      fail()
    })
    socket.on('session', (found: Buffer) => (session = found))
    all.add(connection)
    return connection
  }

  return {
    open,
    takeIdle() {
      const kept = idle
      idle = undefined
      return kept
    },
    destroy() {
      for (const connection of all) connection.destroy()
    },
  }
}
