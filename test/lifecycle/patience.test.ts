import { expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

const installLeaving = new URL('../../src/lifecycle/install-leaving.ts', import.meta.url)

test('what a flush near the end took is missing at the end, and what the app took is not', async () => {
  const { stdout, stderr } = await runApp(
    esm(`
      let ms = 0
      performance.now = () => ms
      const { installLeaving } = await import('${installLeaving}')
      const leaving = installLeaving({
        exitTimeoutMs: 10_000,
        flush: async () => { ms += 2000 },
        lastWords: timeoutMs => console.log('left', timeoutMs),
      })
      await leaving.flush()
      ms += 5000
    `),
  )
  expect({ stdout, stderr }).toEqual({ stdout: 'left 8000\n', stderr: '' })
})
