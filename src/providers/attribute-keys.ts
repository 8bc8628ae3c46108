import type { Attributes } from '@opentelemetry/api'

/** By it the SDK's storages find what was recorded with equal attributes: to the letter as the SDK makes it. */
export function hashAttributes(attributes: Attributes): string {
  const names = Object.keys(attributes)
  if (names.length === 0) return ''
  return JSON.stringify(names.toSorted().map(name => [name, attributes[name]]))
}

/**
 * The same, remembered: an app measures with the same few attributes again and again, and to sort and write them out
 * takes longer than all the rest of a record. What was seen is a tree, a step for each name and a branch for each value,
 * so that to walk it makes nothing. When it is full it begins anew. Of an object that is frozen the key is known by the
 * object alone.
 */
export function createAttributeKeys(maxSteps: number = 4000): (attributes: Attributes) => string {
  const ofFrozen = new WeakMap<Attributes, string>()
  let root = new Step()
  let size = 0

  function remember(attributes: Attributes): string {
    const key = hashAttributes(attributes)
    const names = Object.keys(attributes)
    if (names.some(name => !isConstant(attributes[name]))) return key
    if (size > maxSteps) {
      root = new Step()
      size = 0
    }
    let step = root
    for (const name of names) {
      const branches = step.branchesOf(name)
      const value = attributes[name]
      const next = branches.get(value) ?? new Step()
      if (!branches.has(value)) size++
      branches.set(value, next)
      step = next
    }
    step.key = key
    return key
  }

  function find(attributes: Attributes): string {
    const names = Object.keys(attributes)
    let step: Step | undefined = root
    for (let index = 0; index < names.length && step !== undefined; index++) {
      const name = names[index]!
      step = step.find(name)?.get(attributes[name])
    }
    return step?.key ?? remember(attributes)
  }

  return attributes => {
    const known = ofFrozen.get(attributes)
    if (known !== undefined) return known
    const key = find(attributes)
    if (isFrozen(attributes)) ofFrozen.set(attributes, key)
    return key
  }
}

type Branches = Map<unknown, Step>

class Step {
  key: string | undefined
  /** What mostly follows. */
  #name: string | undefined
  #branches: Branches | undefined
  #others: Map<string, Branches> | undefined

  find(name: string): Branches | undefined {
    return name === this.#name ? this.#branches : this.#others?.get(name)
  }

  branchesOf(name: string): Branches {
    const known = this.find(name)
    if (known !== undefined) return known
    const made: Branches = new Map()
    if (this.#name === undefined) {
      this.#name = name
      this.#branches = made
    } else (this.#others ??= new Map()).set(name, made)
    return made
  }
}

/** Through and through: what stands behind a getter or in a list may change all the same. */
function isFrozen(attributes: Attributes): boolean {
  if (!Object.isFrozen(attributes)) return false
  return Object.values(Object.getOwnPropertyDescriptors(attributes)).every(
    property => 'value' in property && isConstant(property.value),
  )
}

/** An object is the same one with other content later. */
function isConstant(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function'
}
