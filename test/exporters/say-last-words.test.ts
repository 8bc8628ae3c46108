import { beforeAll, expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'
import { bundleProgram } from './bundle-program.ts'

/** Deliveries whose requests take 100 ms each to be written, and are answered at once. */
const source = `
import { sayLastWords } from '../../src/exporters/say-last-words.ts'
const [timeoutMs, ...lengths] = process.argv.slice(2).map(Number)
const log = []
const write = name => {
  log.push('write ' + name)
  for (const begin = performance.now(); performance.now() - begin < 100;);
  return { kind: 'sent', rejected: 0 }
}
const deliveries = lengths.map((length, at) => ({
  takeLastWords: () => Array.from({ length }, (_, index) => {
    const name = 'abc'[at] + index
    return { prepare: () => write(name), settle: outcome => log.push((outcome?.kind ?? 'lost') + ' ' + name) }
  }),
}))
sayLastWords(deliveries, timeoutMs, () => log.push('collect'))
console.log(log.join(', '))
`

let program: string
beforeAll(async () => {
  program = await bundleProgram(source)
})

async function say(...args: readonly number[]): Promise<string> {
  return (await runApp({ file: program, args: args.map(String) })).stdout.trim()
}

test('all signals have a part of the time, after the last collection', async () => {
  expect(await say(10_000, 2, 1, 0)).toBe('collect, write a0, sent a0, write b0, sent b0, write a1, sent a1')
})

test('a request that would be written too late is not begun', async () => {
  const log = await say(250, 3, 1)
  expect(log.match(/write/g)?.length ?? 0).toBeLessThanOrEqual(2)
  expect(log).toMatch(/lost a1, lost a2$/)
})

test('without any time nothing is written', async () => {
  expect(await say(0, 1, 1)).toBe('collect, lost a0, lost b0')
})
