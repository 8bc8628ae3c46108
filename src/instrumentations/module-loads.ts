import * as nodeModule from 'node:module'
import { relative, sep } from 'node:path'
import { type CommonJsModule, forgetNoted, hookCompile, loadedModules } from './compile-hook.ts'

/**
 * Called with the exports of a file of a watched package; what it returns replaces them.
 * `name` is the package's name for its main file, `package/path/in/it.js` for any other.
 * Node's own modules have no `baseDir`, and their name for a `filename`.
 */
export type OnLoad = (exports: unknown, name: string, baseDir: string | undefined, filename: string) => unknown

const watchers = new Map<string, OnLoad[]>()
/** What begins with the first file of a package. */
const sleepers = new Map<string, Set<() => void>>()
const wantedNames = new Set<string>()
const passed = new WeakSet<object>()
const mainFiles = new Map<string, string | undefined>()
const resolver = nodeModule.createRequire(import.meta.url)
let onError: (error: unknown, name: string) => void = () => {}

/** When we look for what came by another way: an app that serves has been loaded by then. */
const secondLookMs = 1000

/** Installs the one hook, and returns its undo. A watcher that throws is told to `report`, and the library is left alone. */
export function installModuleHook(report: (error: unknown, name: string) => void): () => void {
  onError = report
  const unhook = hookCompile((module, filename) => {
    passed.add(module)
    offer(module, filename)
  })
  const secondLook = setTimeout(offerMissed, secondLookMs).unref()
  return () => {
    clearTimeout(secondLook)
    watchers.clear()
    sleepers.clear()
    wantedNames.clear()
    forgetNoted()
    unhook()
  }
}

/** Calls `onLoad` for the files of these packages: now for those that are loaded already, later for the others. */
export function watchModules(names: readonly string[], onLoad: OnLoad): void {
  for (const name of names) {
    if (nodeModule.isBuiltin(name)) {
      onLoad(process.getBuiltinModule(name), name, undefined, name)
      nodeModule.syncBuiltinESMExports()
    } else {
      watchers.set(name, [...(watchers.get(name) ?? []), onLoad])
      offerLoaded(name, onLoad)
    }
  }
}

/** Calls `act` once, with the first file of one of these packages. Those that are loaded already wait for `wakeLoaded`. */
export function whenLoaded(names: readonly string[], act: () => void): void {
  const wake = (): void => {
    for (const name of names) sleepers.get(name)?.delete(wake)
    act()
  }
  for (const name of names) sleepers.set(name, (sleepers.get(name) ?? new Set()).add(wake))
}

/** Begins with what is loaded by now. */
export function wakeLoaded(): void {
  for (const name of new Set(loadedModules().map(({ filename }) => ownerOf(filename!)?.name))) {
    if (name !== undefined) wake(name)
  }
}

/** Begins with what has to do with this package, as if a file of it had been loaded. */
export function wake(name: string): void {
  for (const act of sleepers.get(name) ?? []) act()
}

/** Of a package with hundreds of files an instrumentation asks for one or two: the others cost nothing. */
export function wantFiles(names: readonly string[]): void {
  for (const name of names) wantedNames.add(name)
}

/**
 * Stands in the bundle for `Hook` of require-in-the-middle and of import-in-the-middle, so that the official
 * instrumentations are told of each file exactly once. They make one of each kind per package; the one that
 * watches everything (`names` is null) is the require half of that pair and has nothing left to do. They read a
 * package.json for each file that they are told of, so they are told of those only that they name (`wantFiles`).
 *
 * @public for the bundler, which puts it there: .build/bundle.ts
 */
export class Hook {
  constructor(names: readonly string[] | null, _options: unknown, onLoad: OnLoad) {
    if (names === null) return
    watchModules(names, (exports, name, ...where) =>
      wantedNames.has(name) ? onLoad(exports, name, ...where) : exports,
    )
  }
}

/**
 * A loader of the app's may hand Node the source of a CommonJS file, which Node then runs without `_compile`, and some
 * tools replace `_compile`. What is in the cache can still be patched, late, and that does for all that is not bound yet.
 */
function offerMissed(): void {
  for (const module of loadedModules()) {
    if (passed.has(module)) continue
    passed.add(module)
    offer(module, module.filename!)
  }
  forgetNoted()
}

function offerLoaded(name: string, onLoad: OnLoad): void {
  const inside = `node_modules${sep}${name.replaceAll('/', sep)}${sep}`
  for (const module of loadedModules()) {
    if (!module.filename!.includes(inside)) continue
    passed.add(module)
    offer(module, module.filename!, [onLoad], name)
  }
}

function offer(module: CommonJsModule, filename: string, to?: readonly OnLoad[], only?: string): void {
  const owner = ownerOf(filename)
  if (owner === undefined || (only !== undefined && owner.name !== only)) return
  const known = watchers.get(owner.name)
  if (only === undefined) wake(owner.name)
  // Who has just woken up has looked at what is loaded.
  for (const onLoad of to ?? (module.loaded ? known : watchers.get(owner.name)) ?? []) {
    try {
      module.exports = onLoad(module.exports, nameIn(owner, filename), owner.baseDir, filename) ?? module.exports
    } catch (error) {
      onError(error, owner.name)
    }
  }
}

interface Owner {
  readonly name: string
  readonly baseDir: string
}

/** The package that a file belongs to, by its path: also where a package manager keeps it elsewhere and links it. */
function ownerOf(filename: string): Owner | undefined {
  const marker = `${sep}node_modules${sep}`
  const at = filename.lastIndexOf(marker)
  if (at < 0) return undefined
  const start = at + marker.length
  const scopeEnd = filename[start] === '@' ? filename.indexOf(sep, start) + 1 : start
  const end = filename.indexOf(sep, Math.max(scopeEnd, start))
  const baseDir = end < 0 ? filename : filename.slice(0, end)
  const name = baseDir.slice(start)
  return { name: sep === '/' ? name : name.replaceAll(sep, '/'), baseDir }
}

function nameIn(owner: Owner, filename: string): string {
  if (!mainFiles.has(owner.baseDir)) mainFiles.set(owner.baseDir, mainFile(owner))
  return mainFiles.get(owner.baseDir) === filename ? owner.name : owner.name + sep + relative(owner.baseDir, filename)
}

function mainFile({ name, baseDir }: Owner): string | undefined {
  try {
    return resolver.resolve(name, { paths: [baseDir] })
  } catch {
    return undefined // no entry for require: then no file of it is the main one
  }
}
