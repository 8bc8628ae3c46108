import type { ClientRequest } from 'node:http'
import { type Context, propagation, type TextMapSetter } from '@opentelemetry/api'

/** What Node makes of headers that are given as a list, or with `Expect`, before anybody hears of the request. */
interface Written {
  _header: string | null
  readonly _headerSent: boolean
}

const setter: TextMapSetter<ClientRequest> = { set: (request, name, value) => request.setHeader(name, value) }
const end = '\r\n\r\n'

/** Adds what tells the server of our context, in place of such headers that the app has passed on from elsewhere. */
export function injectContext(request: ClientRequest, context: Context): void {
  if (!request.headersSent) return propagation.inject(context, request, setter)
  const { _header: text, _headerSent: isSent } = request as unknown as Written
  if (isSent || typeof text !== 'string' || !text.endsWith(end)) return
  const added: Record<string, string> = {}
  propagation.inject(context, added)
  const names = Object.keys(added).map(name => name.toLowerCase())
  const lines = text.slice(0, -end.length).split('\r\n')
  const kept = lines.filter((line, index) => index === 0 || !names.includes(nameIn(line)))
  const written = Object.entries(added).filter(([, value]) => isWritable(value))
  const all = [...kept, ...written.map(([name, value]) => `${name}: ${value}`)]
  ;(request as unknown as Written)._header = all.join('\r\n') + end
}

/** A header as it will go out, whether it is an entry or written already. */
export function readHeader(request: ClientRequest, name: string): string | undefined {
  const value = request.getHeader(name)
  if (value !== undefined || !request.headersSent) return value === undefined ? undefined : String(value)
  const lines = String((request as unknown as Written)._header).split('\r\n')
  const line = lines.find((text, index) => index > 0 && nameIn(text) === name)
  return line?.slice(name.length + 1).trim()
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf(':')).trim().toLowerCase()
}

/** Node looks at what `setHeader` gets; nobody looks at this. */
function isWritable(value: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value)
}
