import { createRequire } from 'node:module'
import type { Watch } from './watch.ts'

/** A file of the folder `lazy/`, each of which is one of `dist/` too. */
export function lazily(name: string): () => Watch {
  return () =>
    (createRequire(import.meta.url)(`./instrumentations/lazy/${name}.cjs`) as { readonly watch: Watch }).watch
}
