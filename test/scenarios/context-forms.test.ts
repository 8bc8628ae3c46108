import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

const apps = join(import.meta.dirname, '../apps/context')
const preload = { nodeOptions: ['--import', '@org/otel/register'] }
const forms = [
  'fork',
  'spawn',
  'spawn with a shell',
  'exec',
  'promisified exec',
  'execFile',
  'promisified execFile',
  'spawnSync',
  'execSync',
  'execFileSync',
]
// Functions that CommonJS code took out of the module stay what they are, whatever is put in their place.
const inCommonJs = ['early', 'late'].flatMap(when => forms.map(form => `${when} ${form}`))

describe('a span of the parent, and the first span of the child below it, in every form', () => {
  test.each([
    ['ES modules, set up by the preload', 'forms.mjs', 'span.mjs', forms, preload, ''],
    ['ES modules, set up late', 'forms.mjs', 'span.cjs', forms, {}, 'late'],
    ['CommonJS, set up by the preload', 'forms.cjs', 'span.cjs', inCommonJs, preload, ''],
    ['CommonJS, set up late', 'forms.cjs', 'span.mjs', inCommonJs, {}, 'late'],
  ])(
    '%s',
    async (_name, file, child, names, options, setUp) => {
      await using receiver = await startReceiver()
      const app = { OTEL_SERVICE_NAME: 'forms', OTEL_BSP_SCHEDULE_DELAY: '60000', child: join(apps, child), setUp }

      const result = await runApp({
        ...options,
        file: join(apps, file),
        env: { ...receiver.env, ...app },
        timeoutMs: 60_000,
      })

      expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
      const spans = receiver.spans()
      expect(spans).toHaveLength(2 * names.length)
      const found = names.map(name => {
        const [parent, child] = spans
          .filter(span => span.name === name)
          .toSorted((a, b) => a.startTimeMs - b.startTimeMs)
        return { name, isRoot: parent?.parentSpanId === undefined, isBelow: child?.parentSpanId === parent?.spanId }
      })
      expect(found).toEqual(names.map(name => ({ name, isRoot: true, isBelow: true })))
    },
    60_000,
  )
})
