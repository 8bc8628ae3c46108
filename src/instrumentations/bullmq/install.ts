import type { Method, Patch } from './patches.ts'

/** The exports of one copy of BullMQ, or of one file of it. */
export type BullMQ = Readonly<Record<string, { readonly prototype?: Record<string, unknown> } | undefined>>

// Seen by every copy of ours too: two instrumentations would make two spans of everything.
const mark = Symbol.for('@org/otel/bullmq')

/** `import` gives a namespace and `require` the exports: the same classes. */
export function exportsOf(module: unknown): BullMQ | undefined {
  const { default: exports } = Object(module)
  return exports?.QueueBase === undefined ? (module as BullMQ) : exports
}

/** Patches the classes in place, and returns the undo. What is patched already stays as it is. */
export function installPatches(classes: BullMQ, patches: readonly Patch[]): () => void {
  const undo = patches.map(patch => installPatch(classes[patch.of]?.prototype, patch))
  return () => {
    for (const restore of undo) restore()
  }
}

function installPatch(prototype: Record<string, unknown> | undefined, { method, wrap }: Patch): () => void {
  const original = prototype?.[method] as (Method & { [mark]?: true }) | undefined
  if (prototype === undefined || typeof original !== 'function' || original[mark]) return () => {}
  const patched = Object.assign(wrap(original), { [mark]: true })
  prototype[method] = patched
  return () => {
    if (prototype[method] === patched) prototype[method] = original
  }
}
