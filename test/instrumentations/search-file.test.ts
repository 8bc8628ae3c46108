import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { searchFile } from '../../src/instrumentations/search-file.ts'
import { tempFolder } from '../harness/temp-folder.ts'

/** The words that are found, and in how many steps. */
function search(file: string, words: readonly string[], minBytes = 0): { found: string[]; steps: number } {
  const steps = searchFile(file, minBytes, words)
  for (let count = 1; ; count += 1) {
    const { done, value } = steps.next()
    if (done === true) return { found: [...value], steps: count }
  }
}

test('words are found wherever they lie in the chunks that are read, a chunk at each step', () => {
  const file = join(tempFolder(), 'file')
  const chunk = 256 * 1024
  const text = 'first'.padEnd(chunk - 3, '.') + 'across'.padEnd(2 * chunk, '.') + 'far'
  writeFileSync(file, text)
  expect(search(file, ['far', 'across', 'first', 'absent'])).toEqual({ found: ['first', 'across', 'far'], steps: 4 })
})

test('a shorter file than asked for, a folder, and what is not there have no words, and throw nothing', () => {
  const folder = tempFolder()
  const file = join(folder, 'file')
  writeFileSync(file, 'word')
  expect(search(file, ['word'], 4).found).toEqual(['word'])
  expect(search(file, ['word'], 5).found).toEqual([])
  expect(search(folder, ['word']).found).toEqual([])
  expect(search(join(folder, 'absent'), ['word']).found).toEqual([])
})
