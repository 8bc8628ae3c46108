import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { localhostCertificate } from '../harness/localhost-certificate.ts'

/** What to answer the request with this body; undefined: nothing, ever. */
type Answering = (body: string, visit: number) => Reply | undefined | Promise<Reply | undefined>
interface Reply {
  readonly status: number
  readonly headers?: Record<string, string>
  /** The body of the answer never comes. */
  readonly endless?: true
}

export interface LastWordsCollector extends AsyncDisposable {
  readonly url: string
  /** In the order of their arrival. */
  readonly bodies: readonly string[]
}

const ok: Answering = () => ({ status: 200 })

/** OTLP/HTTP that keeps the bodies as they are. */
export async function startHttpCollector(answer = ok, kind: 'http' | 'https' = 'http'): Promise<LastWordsCollector> {
  const bodies: string[] = []
  const server = kind === 'http' ? createServer() : createHttpsServer(localhostCertificate)
  server.on('request', async (request, response) => {
    const bytes = await buffer(request)
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
    const reply = await answer(body, bodies.push(body))
    if (reply === undefined) return
    response.writeHead(reply.status, reply.headers)
    if (reply.endless) response.write('.')
    else response.end()
  })
  return { bodies, ...(await serve(server, kind)) }
}

/** The same for OTLP/gRPC: 200 is its OK, all else its code. */
export async function startGrpcCollector(answer = ok): Promise<LastWordsCollector> {
  const bodies: string[] = []
  const server = createHttp2Server()
  server.on('stream', async stream => {
    const body = (await buffer(stream)).subarray(5).toString()
    const reply = await answer(body, bodies.push(body))
    if (reply === undefined) return
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': String(reply.status === 200 ? 0 : reply.status) }),
    )
    stream.end(Buffer.alloc(5))
  })
  return { bodies, ...(await serve(server as unknown as Server, 'http')) }
}

async function serve(server: Server, scheme: string) {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      return Promise.resolve()
    },
  }
}
