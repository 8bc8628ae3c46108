const catchAll = /^\/(?:\*|\{\*[^}]*\})$/

/** The paths of routers and of what is in them, one after the other. What matches everything adds nothing. */
export function joinPaths(outer: string, path: string): string {
  return path === '/' || catchAll.test(path) ? outer : (outer + path).replaceAll(/\/{2,}/g, '/')
}

/** How `http.route` says joined paths, in the words of the official instrumentation. */
export function routeOf(joined: string): string {
  const isPattern = joined === '*' || (joined.includes('/') && /[,\\*[]/.test(joined))
  return isPattern || joined.startsWith('/') ? joined : `/${joined}`
}
