import { isMainThread } from 'node:worker_threads'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { wake } from './module-loads.ts'
import { searchFile } from './search-file.ts'

/** No file that somebody wrote is that long; most of the libraries below are longer. */
const minBytes = 50_000

interface Signs {
  /** What it says to who uses it wrongly. Bundlers leave such words as they are, and nobody else has them. */
  readonly words: string
  /** What a version publishes, wherever it came from; with the first file of `from` somebody listens. */
  readonly channel?: string
  readonly from?: string
}

/** Express is not here: servers know their apps, and apps know all that has to be patched. */
const libraries: Readonly<Record<string, Signs | undefined>> = {
  pg: { words: 'Client has already been connected. You cannot reuse a client.' },
  redis: { words: 'All the root nodes are unavailable', channel: 'node-redis:command', from: '@redis/client' },
  ioredis: { words: 'Reached the max retries per request limit (which is ' },
  bullmq: { words: 'BullMQ: Your redis options maxRetriesPerRequest must be null.' },
  pino: { words: 'missing bindings for child Pino' },
  winston: { words: 'ExceptionStream requires a TransportStream instance.' },
  bunyan: { words: 'bunyan usage error: ' },
}

/**
 * What a bundler has put into the app's own file is not loaded by Node, and cannot be had from outside. Looks into that
 * file, a little at a time, and says which libraries are in it. Returns the undo.
 */
export function watchBundle(file: string | undefined, names: readonly string[], report: Report): () => void {
  const sought = names.flatMap(name => (Object.hasOwn(libraries, name) ? [{ name, ...libraries[name]! }] : []))
  if (!isMainThread || file === undefined || sought.length === 0) return () => {}
  const signs = sought.flatMap(({ words, channel = [] }) => [words, channel].flat())
  const search = searchFile(file, minBytes, signs)
  let turn = setTimeout(lookOn).unref()
  function lookOn(): void {
    const { done, value: found } = search.next()
    if (done === true) tell(found)
    else turn = setTimeout(lookOn).unref()
  }
  function tell(found: ReadonlySet<string>): void {
    const bundled = sought.filter(({ words }) => found.has(words))
    for (const { channel = '', from = '' } of bundled) if (found.has(channel)) wake(from)
    const lost = bundled.filter(({ channel = '' }) => !found.has(channel)).map(({ name }) => name)
    if (lost.length > 0) report(createProblem('bundled', { libraries: lost, file: file! }))
  }
  return () => {
    clearTimeout(turn)
    search.return(new Set())
  }
}
