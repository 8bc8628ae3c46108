import { redacted } from '../secret-query.ts'

// What `URL` and `URLSearchParams` leave as it is: the common case, and a tenth of their cost.
const plainPath = /^(?:\/(?!\.|%2e)[\w\-.~!$&'()*+,;=:@%]*)+$/i
const plainQuery = /^[\w\-.*]+=[\w\-.*+]*(?:&[\w\-.*]+=[\w\-.*+]*)*$/

/** Names of parameters. */
type Names = Pick<ReadonlySet<string>, 'has'>

/** The path of a request's target, without query, and as `URL` writes it. */
export function readPath(target: string): string {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  return plainPath.test(path) ? path : (parseTarget(target)?.pathname ?? path)
}

/** The query of a request's target, without `?`, and without the values of the parameters that `secrets` names. */
export function readQuery(target: string, secrets: Names): string | undefined {
  const mark = target.indexOf('?')
  if (mark < 0) return undefined
  const query = target.slice(mark + 1)
  const isInFragment = target.lastIndexOf('#', mark) >= 0
  if (!isInFragment && plainQuery.test(query) && !hasSecret(query, secrets)) return query
  const parameters = new URLSearchParams(parseTarget(target)?.search ?? query)
  for (const name of new Set(parameters.keys())) if (secrets.has(name)) parameters.set(name, redacted)
  const safe = parameters.toString()
  return safe === '' ? undefined : safe
}

/** Of a query of the plain kind. */
function hasSecret(query: string, secrets: Names): boolean {
  for (let at = 0; at >= 0;) {
    if (secrets.has(query.slice(at, query.indexOf('=', at)))) return true
    const end = query.indexOf('&', at)
    at = end < 0 ? -1 : end + 1
  }
  return false
}

/** A target is a path, or what proxies get: a whole URL. */
export function parseTarget(target: string): URL | null {
  return target.startsWith('/') ? URL.parse(`http://localhost${target}`) : URL.parse(target, 'http://localhost')
}
