/** Commands whose first argument is not a key: a password, a script, a setting, a channel of communication with the server. */
const withoutKey = new Set([
  'acl',
  'auth',
  'client',
  'command',
  'config',
  'debug',
  'echo',
  'eval',
  'eval_ro',
  'evalsha',
  'evalsha_ro',
  'fcall',
  'fcall_ro',
  'function',
  'hello',
  'migrate',
  'ping',
  'psync',
  'script',
])

/**
 * `db.query.text` of a Redis command: its name, its key, and how many arguments there were besides.
 * Values never: they are the user's data, and BullMQ passes whole jobs as arguments of its scripts.
 */
export function redisCommandText(command: string, args: readonly unknown[]): string {
  const name = String(command)
  const key = args[0]
  const isNamed = key !== undefined && !Array.isArray(key) && !withoutKey.has(name.toLowerCase())
  const others = args.length - (isNamed ? 1 : 0)
  const text = isNamed ? `${name} ${String(key)}` : name
  return others > 0 ? `${text} [${others} other arguments]` : text
}
