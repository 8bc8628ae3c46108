import { found, type Parser, quote, shorten } from './parsers.ts'

/** An address to send to, as a normal URL. `collector:4318` is understood, and reported. */
export const endpoint: Parser<string> = {
  expects: 'a URL such as http://collector:4318',
  parse(text) {
    const url = parseUrl(text)
    if (url !== undefined) return found(url.href)
    const seen = `is ${quote(hideSecrets(text))}`
    const guess = text.includes('://') ? undefined : parseUrl(complete(text))
    if (guess === undefined) return { value: undefined, flaws: [{ seen }] }
    return { value: guess.href, flaws: [{ seen, instead: `using ${describeEndpoint(guess.href)}` }] }
  },
  describe: describeEndpoint,
}

/** Without user, password and query, which may hold secrets. */
function describeEndpoint(href: string): string {
  const url = new URL(href)
  return shorten(`${url.origin}${url.pathname === '/' ? '' : url.pathname}`, 100)
}

function parseUrl(text: string): URL | undefined {
  // `collector:4318` is a URL for URL.parse, with the scheme `collector:`
  if (!/^https?:\/\/[^/]/i.test(text) || /\s/.test(text)) return undefined
  const url = URL.parse(text)
  if (url !== null) url.hash = ''
  return url ?? undefined
}

/** `collector:4318`, `//collector:4318` and `http:/collector:4318` lack only a part of what every URL begins with. */
function complete(text: string): string {
  const [, scheme = /:443(\/|\?|$)/.test(text) ? 'https' : 'http', rest] = /^(?:(https?):)?\/*(.*)$/is.exec(text)!
  return `${scheme}://${rest}`
}

/** Leaves out what may be a password or a query; where it could be either, everything but the scheme. */
function hideSecrets(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text)!
  if (/[?#].*@/s.test(rest)) return `${scheme}***`
  return scheme + rest.replace(/^.*@/s, '***@').replace(/[?#].*$/s, '?***')
}
