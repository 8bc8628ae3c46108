import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The file behind `npm` or `npx` on this machine, to be run by the Node under test. */
export function npmCommand(name: 'npm' | 'npx'): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const link = folders.map(folder => join(folder, name)).find(existsSync)
  if (link === undefined) throw new Error(`${name} is not on PATH`)
  return realpathSync(link)
}

/** Keeps it to itself: no settings and no logs of the user's, no word about updates, no registry. */
export function npmEnvironment(home: string): Record<string, string> {
  return { HOME: home, npm_config_update_notifier: 'false', npm_config_offline: 'true' }
}
