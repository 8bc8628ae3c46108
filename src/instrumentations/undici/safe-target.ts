import { parseTarget } from '../http/safe-url.ts'
import { isSecretName, redacted } from '../secret-query.ts'

/** What `URL` leaves as it is: of printable characters all but `"`, `#`, `'`, `<` and `>`. */
const plainQuery = /^[!$%&(-;=?-~]*$/

/** The query of a request's target, without `?`, as `URL` writes it, but for the values of parameters with credentials. */
export function readSafeQuery(target: string): string | undefined {
  const mark = target.indexOf('?')
  if (mark < 0) return undefined
  const query = target.slice(mark + 1)
  const isPlain = plainQuery.test(query) && target.lastIndexOf('#', mark) < 0
  const written = isPlain ? query : parseTarget(target)?.search.slice(1)
  return written ? withoutSecrets(written) : undefined
}

function withoutSecrets(query: string): string {
  let safe: string[] | undefined
  const pairs = query.split('&')
  for (const [index, pair] of pairs.entries()) {
    const name = pair.slice(0, Math.max(0, pair.indexOf('=')))
    if (!isSecretName(/[%+]/.test(name) ? decode(name) : name)) continue
    safe ??= [...pairs]
    safe[index] = `${name}=${redacted}`
  }
  return safe?.join('&') ?? query
}

function decode(name: string): string {
  const [decoded = name] = new URLSearchParams(`&${name}`).keys() // without the `&` a `?` in front would be lost
  return decoded
}
