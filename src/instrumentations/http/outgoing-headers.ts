import type { ClientRequest } from 'node:http'
import { type Context, propagation, type TextMapSetter } from '@opentelemetry/api'

/**
 * What Node makes of headers that are given as a list, or with `Expect`, before anybody hears of the request: their text,
 * which waits for the first of the body, or for a connection.
 */
interface Written {
  _header: string | null
  readonly _headerSent: boolean
  readonly outputData: { data: unknown }[]
  outputSize: number
}

const setter: TextMapSetter<ClientRequest> = {
  set(request, name, value) {
    request.setHeader(name, value)
    if (name === 'traceparent') request.removeHeader('tracestate') // it belongs to the other one
  },
}
const end = '\r\n\r\n'

/** Adds what tells the server of our context, in place of such headers that the app has passed on from elsewhere. */
export function injectContext(request: ClientRequest, context: Context): void {
  if (!request.headersSent) return propagation.inject(context, request, setter)
  const added: Record<string, string> = {}
  propagation.inject(context, added)
  rewrite(request as unknown as Written, added)
}

/** A header as it will go out, whether it is an entry or written already. */
export function readHeader(request: ClientRequest, name: string): string | undefined {
  const value = request.getHeader(name)
  if (value !== undefined || !request.headersSent) return value === undefined ? undefined : String(value)
  const lines = String((request as unknown as Written)._header).split('\r\n')
  const line = lines.find((text, index) => index > 0 && nameIn(text) === name)
  return line?.slice(name.length + 1).trim()
}

/** Where the text is not as we know it, it goes out as it is. */
function rewrite(request: Written, added: Readonly<Record<string, string>>): void {
  const { _header: text, _headerSent: isQueued, outputData } = request
  if (typeof text !== 'string' || !text.endsWith(end)) return
  const queued = isQueued ? outputData.find(({ data }) => data === text) : undefined
  if (isQueued && queued === undefined) return
  const names = Object.keys(added).map(name => name.toLowerCase())
  if (names.includes('traceparent')) names.push('tracestate')
  const lines = text.slice(0, -end.length).split('\r\n')
  const kept = lines.filter((line, index) => index === 0 || !names.includes(nameIn(line)))
  const safe = Object.entries(added).filter(([, value]) => isSafe(value))
  const written = [...kept, ...safe.map(([name, value]) => `${name}: ${value}`)].join('\r\n') + end
  request._header = written
  if (queued === undefined) return
  queued.data = written
  request.outputSize += written.length - text.length
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf(':')).trim().toLowerCase()
}

/** Node looks at what `setHeader` gets; nobody looks at this. */
function isSafe(value: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value)
}
