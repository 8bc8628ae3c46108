import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import type { Telemetry } from './decode-export.ts'
import type { ReceivedRequest } from './received.ts'

/** One port that takes OTLP. */
export interface Listener {
  readonly url: string
  /** Lets answers under way finish, then cuts what is still connected. */
  close(graceMs: number): Promise<void>
}

/** Called once for every request, after its answer has been written. */
export type OnArrival = (request: ReceivedRequest, telemetry: Telemetry) => void

/** Resolves to the address as a URL; rejects where the port is taken. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host)
  await once(server, 'listening')
  const { port: actualPort } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`
}
