import { defaultPorts } from '../http/peers.ts'

/** Where requests go: a scheme, a host and a port, taken apart once. */
export interface Origin {
  /** As `url.full` begins: without user info, and without a port that goes without saying. */
  readonly href: string
  readonly scheme: string
  readonly host: string
  readonly port: number | undefined
}

/** Hosts are few. Where they are not, what is kept of them does not grow. */
const maxKept = 1000
const kept = new Map<string, Origin>()

/** Undefined where it is no URL. */
export function readOrigin(origin: string | URL | undefined): Origin | undefined {
  const text = String(origin)
  const known = kept.get(text)
  if (known !== undefined) return known
  const url = URL.parse(text)
  if (url === null) return undefined
  const scheme = url.protocol.slice(0, -1)
  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port)
  const read = { href: `${url.protocol}//${url.host}`, scheme, host: url.hostname, port }
  if (kept.size === maxKept) kept.clear()
  kept.set(text, read)
  return read
}
