// A loader of somebody else's that only looks on, as those of coverage and test tools do.
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

export const resolve = (specifier, context, next) => next(specifier, context)
export const load = (url, context, next) => next(url, context)

if (isMainThread) register(import.meta.url) // once more, in the thread of the loaders
