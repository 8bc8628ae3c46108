import type { Attributes } from '@opentelemetry/api'
import { basename } from 'node:path'

export interface ProcessFacts {
  readonly pid: number
  readonly ppid: number
  readonly execPath: string
  readonly versions: { readonly node: string }
}

/**
 * What upstream's process detector says, without `process.command_args` and `process.owner`: arguments may hold
 * secrets. The names are not stable yet, so the package of semantic conventions has them only under `/incubating`.
 */
export function describeProcess({ pid, execPath, versions }: ProcessFacts, entry: string | undefined): Attributes {
  return {
    'process.pid': pid,
    // upstream takes process.title, which apps change to whatever they like
    'process.executable.name': basename(execPath),
    'process.executable.path': execPath,
    ...(entry !== undefined && { 'process.command': entry }),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': versions.node,
    'process.runtime.description': 'Node.js',
  }
}
