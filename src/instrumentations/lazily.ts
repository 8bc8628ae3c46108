import { createRequire } from 'node:module'
import type { Watch } from './watch.ts'

/** A file of the folder `lazy/`, each of which is one of `dist/` too. */
export function lazily(name: string): () => Watch {
  return () => {
    const { watch } = untold(() => createRequire(import.meta.url)(`./instrumentations/lazy/${name}.cjs`)) as {
      readonly watch: Watch
    }
    return watch
  }
}

/**
 * In its watch mode Node tells the parent of a process of each file that is loaded, and where the channel to the parent
 * is closed by then, as when a cluster's worker ends, that is an error which nobody handles.
 */
function untold<Result>(load: () => Result): Result {
  const { send, connected } = process
  if (send === undefined || connected) return load()
  try {
    Object.assign(process, { send: undefined })
    return load()
  } finally {
    Object.assign(process, { send })
  }
}
