import { whenLoaded } from './module-loads.ts'
import type { Watch } from './watch.ts'

/** Begins, and has its code loaded, with the first file of one of these packages. */
export function onceLoaded(packages: readonly string[], load: () => Watch): Watch {
  return parts => {
    let undo = (): void => {}
    whenLoaded(packages, () => (undo = load()(parts)))
    return () => undo()
  }
}
