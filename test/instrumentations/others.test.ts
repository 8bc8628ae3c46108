import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/instrumentations/catalogue.ts'
import { others } from '../../src/instrumentations/others.ts'

const collection = '@opentelemetry/auto-instrumentations-node'
const quiet = ['aws-lambda', 'dns', 'fs', 'generic-pool', 'host-metrics', 'lru-memoizer', 'net', 'router']

interface Official {
  getModuleDefinitions(): readonly { readonly name: string }[]
}

test('every library that the collection knows is watched, in the packages in which it looks for it, but for the quiet ones', () => {
  const require = createRequire(createRequire(import.meta.url).resolve(collection))
  const names = Object.keys(
    JSON.parse(readFileSync(findPackageJSON(collection, import.meta.url)!, 'utf8')).dependencies,
  ).flatMap(name => /^@opentelemetry\/instrumentation-(.+)$/.exec(name)?.[1] ?? [])
  expect([...Object.keys(catalogue), ...Object.keys(others), ...quiet]).toEqual(expect.arrayContaining(names))
  for (const [name, packages] of Object.entries(others)) {
    const exports: object = require(`@opentelemetry/instrumentation-${name}`)
    const Class = Object.entries(exports).find(([key]) => key.endsWith('Instrumentation'))![1]
    const official = new Class({ enabled: false }) as Official
    const files = official.getModuleDefinitions().map(definition => definition.name)
    expect({ name, packages: packages.toSorted() }).toEqual({ name, packages: [...new Set(files)].toSorted() })
  }
})
