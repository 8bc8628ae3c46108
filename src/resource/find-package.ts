import { dirname, join, sep } from 'node:path'
import type { ReadFile } from '../config/read-file.ts'

export interface FoundPackage {
  readonly path: string
  readonly name: string
  readonly version: string | undefined
}

/** The nearest package.json with a name, from the entry script upwards. */
export function findPackage(entry: string | undefined, readFile: ReadFile): FoundPackage | undefined {
  if (entry === undefined || entry === '') return undefined
  // `node node_modules/next/dist/bin/next` runs the app around node_modules
  const [app = entry, ...installed] = entry.split(`${sep}node_modules${sep}`)
  const outside = installed.length === 0 ? undefined : nearest(app, readFile)
  return outside ?? nearest(entry, readFile)
}

function nearest(start: string, readFile: ReadFile): FoundPackage | undefined {
  // begins with the entry itself, which is a folder in `node .`
  for (let folder = start; ; folder = dirname(folder)) {
    const found = read(join(folder, 'package.json'), readFile)
    if (found !== undefined || folder === dirname(folder)) return found
  }
}

function read(path: string, readFile: ReadFile): FoundPackage | undefined {
  try {
    const { name, version } = JSON.parse(readFile(path).toString()) as { name?: unknown; version?: unknown }
    if (typeof name !== 'string' || name.trim() === '') return undefined
    return { path, name, version: typeof version === 'string' && version !== '' ? version : undefined }
  } catch {
    return undefined // there is none here, or none that can be read: look further up
  }
}
