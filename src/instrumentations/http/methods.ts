const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'])

/** Conventions know these methods; any other is `_OTHER`, so that nobody makes up new values for a metric. */
export function normalizeMethod(method: string | undefined): string {
  if (method === undefined) return 'GET'
  if (known.has(method)) return method
  const upper = method.toUpperCase()
  return known.has(upper) ? upper : '_OTHER'
}
