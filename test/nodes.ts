// Runs the scenarios on each Node that the package promises to work on: the oldest, and the newest of each even major.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nodeRelease } from './harness/node-release.ts'

const versions = ['22.15.0', '24', '26']
const failed: string[] = []

for (const version of versions) {
  const node = await nodeRelease(version)
  console.log(`\nScenarios on Node ${version}`)
  const args = ['run', '--config', 'test/vitest.config.ts', 'test/scenarios', ...process.argv.slice(2)]
  const vitest = spawn('vitest', args, { stdio: 'inherit', env: { ...process.env, TEST_NODE: node } })
  const [code] = await once(vitest, 'exit')
  if (code !== 0) failed.push(version)
}

if (failed.length > 0) {
  console.error(`\nThe scenarios fail on Node ${failed.join(', ')}`)
  process.exitCode = 1
}
