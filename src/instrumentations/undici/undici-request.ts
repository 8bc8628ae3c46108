import type { TextMapSetter } from '@opentelemetry/api'

/** A request as undici's channels give it: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
export interface UndiciRequest {
  readonly origin?: string | URL
  readonly method: string
  /** A whole URL where it goes to a proxy. */
  readonly path: string
  /** The protocol that is asked for, such as that of a WebSocket. */
  readonly upgrade?: unknown
  /** `name, value, name, value`; text in undici before 6. */
  headers: unknown
  addHeader?(name: string, value: string): unknown
}

/** Who passes on the headers of a request passes on its `traceparent`. Whoever gets two begins a new trace: ours it is. */
export const setter: TextMapSetter<UndiciRequest> = {
  set(request, name, value) {
    remove(request, name)
    if (name === 'traceparent') remove(request, 'tracestate') // it belongs to the other one
    if (typeof request.addHeader === 'function') request.addHeader(name, value)
    else if (Array.isArray(request.headers)) request.headers.push(name, value)
    else if (typeof request.headers === 'string') request.headers += `${name}: ${value}\r\n`
  },
}

/** The last value of a header. */
export function readHeader({ headers }: UndiciRequest, name: string): string | undefined {
  let found: string | undefined
  eachHeader(headers, (header, value) => {
    if (header.toLowerCase() === name) found = String(Array.isArray(value) ? value.at(-1) : value)
  })
  return found
}

/** Calls `take` for each name and value, whether they are texts, buffers, or lines of one text. */
export function eachHeader(headers: unknown, take: (name: string, value: unknown) => void): void {
  if (Array.isArray(headers)) {
    for (let at = 0; at < headers.length - 1; at += 2) take(String(headers[at]), headers[at + 1])
  } else if (typeof headers === 'string') {
    for (const line of headers.split('\r\n')) {
      const colon = line.indexOf(':')
      if (colon > 0) take(line.slice(0, colon), line.slice(colon + 1).trim())
    }
  }
}

function remove(request: UndiciRequest, name: string): void {
  const { headers } = request
  if (Array.isArray(headers)) {
    for (let at = headers.length - 2; at >= 0; at -= 2) if (isNamed(headers[at], name)) headers.splice(at, 2)
  } else if (typeof headers === 'string') {
    const lines = headers.split('\r\n')
    request.headers = lines.filter(line => !isNamed(line.slice(0, line.indexOf(':')), name)).join('\r\n')
  }
}

function isNamed(header: unknown, name: string): boolean {
  return typeof header === 'string' && header.length === name.length && header.toLowerCase() === name.toLowerCase()
}
