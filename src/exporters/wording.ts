const longest = 200
/** Enough of a message to find that many characters in. */
const longestRead = 10_000
const hidden = '[hidden]'
/** A shorter value hides nothing and would be found in every other word. */
const shortestSecret = 4

/** `what: message` as one line that may go to a log. */
export type Wording = (what: string, message?: string) => string

/** Some collectors quote the request that they refuse: no value of these headers gets into the words. */
export function createWording(headers: Readonly<Record<string, string>>): Wording {
  const secrets = Object.values(headers)
    .flatMap(value => [value, value.slice(value.indexOf(' ') + 1)]) // `Bearer <token>`: the token alone too
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
