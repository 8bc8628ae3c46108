import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

export interface Address {
  readonly host: string
  readonly port: number | undefined
}

/** By scheme: the port that goes without saying. */
export const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 }

export function isEncrypted(socket: object | null | undefined): boolean {
  const known: { readonly encrypted?: unknown } | null | undefined = socket
  return known?.encrypted === true
}

/** Whom the client meant: what proxies on the way say goes before the `Host` that they sent. */
export function readServer({ headers }: IncomingMessage, scheme: string): Address | undefined {
  const forwarded = headers.forwarded === undefined ? undefined : readForwarded(headers.forwarded, 'host')
  if (forwarded !== undefined) return parseHost(forwarded.value, forwarded.proto)
  const forwardedHost = first(headers['x-forwarded-host'])
  if (forwardedHost !== undefined) return parseHost(forwardedHost, first(headers['x-forwarded-proto']))
  return headers.host === undefined || headers.host === '' ? undefined : parseHost(headers.host, scheme)
}

/** Who began: the first in the chain of proxies, without port. */
export function readClient({ headers, socket }: IncomingMessage): string | undefined {
  if (headers.forwarded === undefined && headers['x-forwarded-for'] === undefined) return socket?.remoteAddress
  const forwarded = headers.forwarded === undefined ? undefined : readForwarded(headers.forwarded, 'for')
  const address = forwarded?.value ?? first(headers['x-forwarded-for'])
  return address === undefined ? socket?.remoteAddress : withoutPort(address)
}

let latest: { readonly text: string; readonly scheme: string | undefined; readonly address: Address } | undefined

/** `[::1]:80`, `[::1]`, `::1`, `host:80` and `host`. Where no port is told, it is that of the scheme, if that is. */
export function parseHost(text: string, scheme: string | undefined): Address {
  // A server is asked by the same name again and again.
  if (latest?.text !== text || latest.scheme !== scheme) latest = { text, scheme, address: parse(text, scheme) }
  return latest.address
}

function parse(text: string, scheme: string | undefined): Address {
  const colon = text.lastIndexOf(':')
  const isPort = colon > 0 && (text.indexOf(':') === colon || text[colon - 1] === ']')
  if (!isPort) return { host: text, port: scheme === undefined ? undefined : defaultPorts[scheme] }
  const port = text.slice(colon + 1)
  return { host: text.slice(0, colon), port: /^\d{1,5}$/.test(port) ? Number(port) : undefined }
}

function withoutPort(address: string): string {
  const parsed = URL.parse(`http://${address}`)?.hostname ?? address
  return parsed.startsWith('[') ? parsed.slice(1, -1) : parsed
}

/** A header that came several times is one text, with commas. */
function first(header: IncomingHttpHeaders[string]): string | undefined {
  const text = Array.isArray(header) ? header[0] : header
  const value = text?.split(',', 1)[0]?.trim()
  return value === '' ? undefined : value
}

/** https://www.rfc-editor.org/rfc/rfc7239: `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`. */
function readForwarded(header: string, name: string): { value: string; proto: string | undefined } | undefined {
  let pairs = new Map<string, string>()
  for (const [, key = '', quoted, plain = '', end] of header.matchAll(
    /([^=;,\s]+)=(?:"([^"]*)"|([^;,]*))\s*([;,]|$)/g,
  )) {
    pairs.set(key.toLowerCase(), quoted ?? plain.trim())
    if (end === ';') continue
    const value = pairs.get(name)
    if (value !== undefined && value !== '') return { value, proto: pairs.get('proto') }
    pairs = new Map()
  }
  return undefined
}
