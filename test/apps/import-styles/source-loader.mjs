// A loader of somebody else's that hands over the source of each CommonJS file: Node then runs these files by itself,
// and not by the function that all others pass.
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

export async function load(url, context, next) {
  const loaded = await next(url, context)
  return loaded.format === 'commonjs' ? { ...loaded, source: readFileSync(new URL(url)) } : loaded
}

if (isMainThread) register(import.meta.url) // once more, in the thread of the loaders
