import { expect, test } from 'vitest'
import { demoTimeoutMs, runDemo } from '../harness/run-demo.ts'

test(
  'the demo of sandboxes shows one trace through a process and one through a thread',
  { timeout: demoTimeoutMs },
  async () => {
    const { code, stdout, stderr } = await runDemo('sandbox')

    expect(stderr).toBe('')
    expect(code).toBe(0)
    for (const [queue, sandbox] of [
      ['reports', String.raw`child, pid \d+`],
      ['thumbnails', String.raw`thread, pid \d+, thread \d+`],
    ]) {
      const span = (name: string, process: string) => String.raw`.*\b${name} +${process}\b.*\n(?:.*evalsha.*\n)*`
      const chain = [
        span('POST', 'reports-api, main'),
        span(`add ${queue}`, 'reports-api, main'),
        span(`process ${queue}`, 'reports-worker, main'),
        span('draw', `reports-worker, ${sandbox}`),
        span('press', 'reports-worker, child'),
      ]
      expect(stdout).toMatch(new RegExp(chain.join('')))
      expect(stdout).toMatch(new RegExp(`"drawn" comes from reports-worker, ${sandbox}`))
    }
  },
)
