import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Carrier {
  readonly url: string
  stop(): void
}

/** The world outside: a shipping company whose service nobody instruments. It refuses its second customer once. */
export async function startCarrier(): Promise<Carrier> {
  let visits = 0
  const server = createServer((req, res) => {
    visits++
    req.resume().on('end', () => {
      const isRefused = visits === 2
      res.writeHead(isRefused ? 503 : 201, { 'content-type': 'application/json' })
      res.end(JSON.stringify(isRefused ? { error: 'come back later' } : { tracking: `PKG-${1000 + visits}` }))
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
