import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'

const cwd = join(import.meta.dirname, '../../examples/sandbox')
const node = process.execPath // of the repository's own Node: who looks at the demo has no other
const timeoutMs = 90_000 // the first run on a machine fetches Redis

test(
  'the demo of sandboxes shows one trace through a process and one through a thread',
  { timeout: timeoutMs },
  async () => {
    const { code, stdout, stderr } = await runApp({ node, file: 'demo.ts', cwd, timeoutMs })

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
