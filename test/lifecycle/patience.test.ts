import { expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

const installLeaving = new URL('../../src/lifecycle/install-leaving.ts', import.meta.url)

test('what a flush near the end took is missing at the end, and what the app took is not', async () => {
  const { stdout, stderr } = await runApp(
    esm(`
      import { setTimeout as pause } from 'node:timers/promises'
      import { installLeaving } from '${installLeaving}'
      const roundly = ms => Math.round(ms / 1000) + ' s'
      const leaving = installLeaving({
        exitTimeoutMs: 10_000,
        flush: () => pause(2000),
        lastWords: timeoutMs => console.log('left', roundly(timeoutMs + tookMs)),
      })
      const before = performance.now()
      await leaving.flush()
      const tookMs = performance.now() - before
      console.log('took', tookMs >= 1990)
      await pause(2000)
    `),
  )
  expect({ stdout, stderr }).toEqual({ stdout: 'took true\nleft 10 s\n', stderr: '' })
})
