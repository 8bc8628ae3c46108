import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'

const cwd = join(import.meta.dirname, '../../examples/pm2')
const node = process.execPath // of the repository's own Node: who looks at the demo has no other
const timeoutMs = 90_000 // the first run on a machine fetches Redis

test('the demo of PM2 shows two instances that speak', { timeout: timeoutMs }, async () => {
  const { code, stdout, stderr } = await runApp({ node, file: 'demo.ts', cwd, timeoutMs })

  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^POST \/visits\/:page +visits-api, cluster_worker 0, pid \d+ +SERVER .*\n└─ incr .* CLIENT /m)
  expect(stdout).toMatch(/^POST \/visits\/:page +visits-api, cluster_worker 1, pid \d+ +SERVER .*\n└─ incr .* CLIENT /m)
  expect(stdout.match(/^ {2}visits-api, .*$/gm)).toHaveLength(2)
})
