type Keys = readonly { readonly name: string | number }[]

const itsEnd = /\\?\/?\??\(\?=\\?\/\|\$\)$/
/** What stands for a parameter without a pattern of its own; the longer one is of a path such as `/a-:b`. */
const anyName = /^\((?:\[\^[\\/.]*\]\+\?|\(\?:\(\?!.*\)\.\)\+\?)\)$/

/**
 * The path that Express 4 has made this regular expression of: `^\/users(?:\/([^/]+?))\/?(?=\/|$)` was `/users/:id`.
 * Express 4 does not keep it.
 */
export function unwriteRegExp({ source }: RegExp, keys: Keys): string {
  const parts = source.replace(/^\(\?:(\^.*)\)$/, '$1').split(/\|(?=\^)/)
  if (!parts.every(part => itsEnd.test(part))) return `/${source}/` // it was given as a regular expression
  const names = keys.map(key => key.name).values()
  return parts.map(part => unwrite(part.replace(itsEnd, '').slice(1), names)).join(',')
}

function unwrite(source: string, names: Iterator<string | number>): string {
  let path = ''
  for (let at = 0; at < source.length;) {
    const end = source[at] === '(' ? endOfGroup(source, at) : at + (source[at] === '\\' ? 2 : 1)
    const part = source.slice(at, end)
    path += part.startsWith('(') ? unwriteGroup(part, names) : part.replace(/^\\(?=[/.])/, '')
    at = end
  }
  return path
}

function unwriteGroup(group: string, names: Iterator<string | number>): string {
  const [, separator = '', pattern] = /^\(\?:(?:\\?([/.]))?(\(.*\))\)$/.exec(group) ?? []
  if (pattern !== undefined) return `${separator}:${names.next().value}${anyName.test(pattern) ? '' : pattern}`
  if (group.startsWith('(?:')) return group.replace('?:', '')
  names.next() // it has no name, but a number
  return group === '(.*)' ? '*' : group
}

function endOfGroup(source: string, start: number): number {
  let depth = 0
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === '(') depth += 1
    else if (source[at] === ')' && --depth === 0) return at + 1
  }
  return source.length
}
