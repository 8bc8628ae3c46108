/** Puts a function in the place of the one that it is made of. Returns the undo. */
export function replaceMethod<M extends (...args: never[]) => unknown>(
  target: object | undefined,
  name: string,
  make: (original: M) => M,
): () => void {
  const methods = target as Record<string, unknown> | undefined
  const original = methods?.[name]
  if (methods === undefined || typeof original !== 'function') return () => {}
  const replacement = make(original as M)
  methods[name] = replacement
  return () => {
    if (methods[name] === replacement) methods[name] = original
  }
}
