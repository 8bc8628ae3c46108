import type { Layer, Matcher } from './layer.ts'

const probe = 'a-word-that-is-in-no-path'

/**
 * Router 2.0 to 2.2 keeps neither the path of a `use` nor a regular expression: only what it has just matched, and the
 * function that did. Which part of `/users/7` is a parameter shows when that function is given another word there.
 */
export function unwriteMatch({ path = '', params = {}, matchers = [] }: Layer): string {
  const matcher = matchers.find(match => match(path) !== false)
  if (matcher === undefined) return path
  const segments = path.split('/')
  const names = segments.map((_, at) => nameAt(at, segments, matcher))
  const written = segments.map((segment, at) => names[at] ?? segment).filter(isNew)
  const unnamed = Object.entries(params).filter(([name]) => !names.some(known => known?.slice(1) === name))
  // Parts of a segment, such as `/:from-:to`.
  return unnamed.reduce((text, [name, value]) => text.replace(String(value), `:${name}`), written.join('/'))
}

function nameAt(at: number, segments: readonly string[], matcher: Matcher): string | undefined {
  const match = segments[at] !== '' && matcher(segments.with(at, probe).join('/'))
  if (match === false) return undefined
  const [name, value] = Object.entries(match.params).find(([, given]) => given?.includes(probe)) ?? []
  return name === undefined ? undefined : `${typeof value === 'string' ? ':' : '*'}${name}`
}

/** A wildcard takes several segments. */
function isNew(part: string, at: number, all: readonly string[]): boolean {
  return !(part.startsWith('*') && part === all[at - 1])
}
