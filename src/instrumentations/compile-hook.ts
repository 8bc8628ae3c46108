import * as nodeModule from 'node:module'
import { sep } from 'node:path'

export interface CommonJsModule {
  exports: unknown
  readonly filename: string | null
  readonly loaded: boolean
}
interface CommonJsLoader {
  readonly _cache: Record<string, CommonJsModule | undefined>
  readonly prototype: { _compile(this: CommonJsModule, content: string, filename: string, ...rest: unknown[]): unknown }
}
type OnCompiled = (module: CommonJsModule, filename: string) => void

// `_compile` is where every CommonJS file passes once, after its code has run and before anybody sees its exports:
// `require()`, and also `import` of a CommonJS package by an ES module, which Node hands to this same loader.
// All libraries in our catalogue are CommonJS. So one hook gives one call per file, for every style of import.
const loader = nodeModule.Module as unknown as CommonJsLoader
/** What was loaded while nobody watched, may not be in the cache any more, and is not kept by us. */
const noted: WeakRef<CommonJsModule>[] = []
let listener: OnCompiled | undefined
let unhook: (() => void) | undefined

/** Tells one listener of each file that is loaded from now on, in place of any before it. Returns the undo. */
export function hookCompile(onCompiled: OnCompiled): () => void {
  listener = onCompiled
  unhook ??= hook()
  return () => {
    unhook?.()
    unhook = listener = undefined
  }
}

function hook(): () => void {
  const original = loader.prototype._compile
  loader.prototype._compile = function (content, filename, ...rest) {
    const result = original.call(this, content, filename, ...rest)
    listener?.(this, filename)
    return result
  }
  const hooked = loader.prototype._compile
  return () => {
    if (loader.prototype._compile === hooked) loader.prototype._compile = original
  }
}

/** Remembers the files of packages, until somebody watches. */
export function noteModules(): void {
  const inside = `${sep}node_modules${sep}`
  hookCompile((module, filename) => {
    if (filename.includes(inside)) noted.push(new WeakRef(module))
  })
}

/** All that is loaded, as far as we know. */
export function loadedModules(): readonly CommonJsModule[] {
  const modules = new Set([...Object.values(loader._cache), ...noted.map(module => module.deref())])
  return [...modules].filter(module => module?.loaded === true && module.filename !== null) as CommonJsModule[]
}

export function forgetNoted(): void {
  noted.length = 0
}
