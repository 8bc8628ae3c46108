import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/diagnostics/problems.ts'

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')
const headings = [...page.matchAll(/^## `(.+)`$/gm)].map(([, code]) => code)

test('every problem has its heading in docs/troubleshooting.md, and every heading its problem', () => {
  expect(new Set(headings)).toEqual(new Set(Object.keys(catalogue)))
})

test('no heading is there twice', () => {
  expect(new Set(headings).size).toBe(headings.length)
})
