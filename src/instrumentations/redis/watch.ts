import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { watchModules } from '../module-loads.ts'
import type { Watch } from '../watch.ts'
import { subscribeRedis } from './channels.ts'
import { createCommandSpans } from './command-spans.ts'
import { createUnsaid } from './unsaid.ts'

/** The packages with the commands of node-redis, and a file that tells those copies which need no patch from the older ones. */
const newerFiles: Readonly<Record<string, string | undefined>> = {
  redis: join('dist', 'index.js'), // from 4.0 on, whose commands are in the next package
  '@redis/client': join('dist', 'lib', 'client', 'tracing.js'), // from 5.12 on, which publishes its commands
  '@node-redis/client': undefined,
}

/** Watches node-redis by what it publishes, and by `older` those loaded copies that publish nothing. */
export function watchRedis(older: Watch): Watch {
  return parts => {
    const unsaid = createUnsaid()
    const undo = [subscribeRedis(createCommandSpans('@opentelemetry/instrumentation-redis', parts), unsaid)]
    const copies = new Set<string>()
    let watchesOlder = false
    for (const [name, newerFile] of Object.entries(newerFiles)) {
      watchModules([name], (exports, _name, baseDir = '', filename) => {
        const unlisten = unsaid.listen(filename.slice(baseDir.length + 1), exports)
        if (unlisten !== undefined) undo.push(unlisten)
        if (watchesOlder || copies.has(baseDir)) return
        copies.add(baseDir)
        if (newerFile !== undefined && existsSync(join(baseDir, newerFile))) return
        watchesOlder = true
        undo.push(older(parts))
      })
    }
    return () => undo.forEach(act => act())
  }
}
