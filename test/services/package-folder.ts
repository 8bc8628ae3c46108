import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The folder of an installed package, also where it was hoisted and where its `exports` hide package.json. */
export function packageFolder(name: string): string | undefined {
  const roots = createRequire(import.meta.url).resolve.paths(name) ?? []
  return roots.map(root => join(root, name)).find(existsSync)
}
