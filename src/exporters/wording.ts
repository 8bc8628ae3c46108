import type { Target } from './transport.ts'

const longest = 200
/** Enough of a message to find that many characters in. */
const longestRead = 10_000
const hidden = '[hidden]'
/** A shorter value hides nothing and would be found in every other word. */
const shortestSecret = 4

/** `what: message` as one line that may go to a log. */
export type Wording = (what: string, message?: string) => string

/** Some collectors quote the request that they refuse: none of its secrets gets into the words. */
export function createWording(target: Pick<Target, 'headers' | 'url'>): Wording {
  const secrets = [...new Set(secretsOf(target).flatMap(secret => [secret, encodeURIComponent(secret)]))]
    .map(secret => secret.trim())
    .filter(secret => secret.length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length)
  return (what, message = '') => {
    const safe = secrets.reduce((text, secret) => text.replaceAll(secret, hidden), message)
    const line = safe
      .slice(0, longestRead)
      .replaceAll(/[\p{C}\s]+/gu, ' ')
      .trim()
    const short = line.length > longest ? `${line.slice(0, longest - 1)}…` : line
    return [what, short].filter(part => part !== '').join(': ')
  }
}

function secretsOf({ headers, url }: Pick<Target, 'headers' | 'url'>): string[] {
  const values = Object.values(headers).flatMap(value => {
    const token = value.slice(value.indexOf(' ') + 1) // of `Bearer <token>`
    return /^basic /i.test(value) ? [value, token, ...passwordsOf(token)] : [value, token]
  })
  return [...values, ...new URL(url).searchParams.values()]
}

function passwordsOf(token: string): string[] {
  const pair = Buffer.from(token, 'base64').toString()
  return [pair, pair.slice(pair.indexOf(':') + 1)]
}
