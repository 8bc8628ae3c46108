import { expect, test } from 'vitest'
import { demoTimeoutMs, runDemo } from '../harness/run-demo.ts'

test('the demo of PM2 shows two instances that speak', { timeout: demoTimeoutMs }, async () => {
  const { code, stdout, stderr } = await runDemo('pm2')

  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^POST \/visits\/:page +visits-api, cluster_worker 0, pid \d+ +SERVER .*\n└─ incr .* CLIENT /m)
  expect(stdout).toMatch(/^POST \/visits\/:page +visits-api, cluster_worker 1, pid \d+ +SERVER .*\n└─ incr .* CLIENT /m)
  expect(stdout.match(/^ {2}visits-api, .*$/gm)).toHaveLength(2)
})
