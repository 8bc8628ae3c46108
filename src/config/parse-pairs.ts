import { type Flaw, found, type Parser, quote } from './parsers.ts'

/**
 * `key=value` pairs, separated by commas, both percent-encoded where needed: the form of W3C Baggage without its
 * properties, so that `;` is an ordinary character.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 */
type Pairs = Readonly<Record<string, string>>
interface Pair {
  readonly key: string
  readonly value: string
}
type Refusal = { readonly seen: string }

/** What HTTP and the exporter say themselves: another value of these makes every export fail. */
const reservedHeaders = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Headers carry credentials: what is wrong with one is told by its name, or its place where the name might be a secret. */
export const headers: Parser<Pairs> = {
  expects: 'key=value pairs, percent-encoded and separated by commas',
  parse: text =>
    parsePairs(text, ({ key, value }, place) => {
      const name = key.toLowerCase()
      const isName = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,64}$/.test(name)
      if (!isName) return { seen: `has an entry (number ${place}) without a valid header name` }
      if (reservedHeaders.has(name)) return { seen: `has a header ${quote(name)} that is not for the user to say` }
      // a bare base64 key looks like a name without a value
      if (value === '') return { seen: `has an entry (number ${place}) without a value` }
      if (!isHeaderValue(value))
        return { seen: `has a header ${quote(name)} with characters that a header cannot carry` }
      return { key: name, value }
    }),
}

export const attributes: Parser<Pairs> = {
  expects: 'key=value pairs, percent-encoded and separated by commas',
  parse: text =>
    parsePairs(text, (pair, place) =>
      pair.key === '' ? { seen: `has an entry (number ${place}) without a key` } : pair,
    ),
}

function parsePairs(text: string, accept: (pair: Pair, place: number) => Pair | Refusal) {
  const pairs = new Map<string, string>()
  const flaws: Flaw[] = []
  for (const [index, entry] of text.split(',').entries()) {
    if (entry.trim() === '') continue
    const pair = parsePair(entry, index + 1)
    const accepted = 'seen' in pair ? pair : accept(pair, index + 1)
    if ('seen' in accepted) flaws.push({ ...accepted, instead: 'ignoring that entry' })
    else pairs.set(accepted.key, accepted.value)
  }
  return { ...found<Pairs>(Object.fromEntries(pairs)), flaws }
}

function parsePair(entry: string, place: number): Pair | Refusal {
  const at = entry.indexOf('=')
  if (at < 0) return { seen: `has an entry (number ${place}) without "="` }
  const [key, value] = [entry.slice(0, at), entry.slice(at + 1)].map(part => decode(part.trim()))
  if (key === undefined) return { seen: `has an entry (number ${place}) whose key is not percent-encoded text` }
  if (value === undefined) {
    const which = /^[\w.-]{1,64}$/.test(key) ? quote(key) : `(number ${place})`
    return { seen: `has an entry ${which} whose value is not percent-encoded text` }
  }
  return { key, value }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** What Node lets through: a line feed would be a second header, anything else makes every export fail. */
function isHeaderValue(value: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)
}
