import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApp, startApp } from '../harness/app.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const cwd = join(import.meta.dirname, '../../examples/orders')
const file = 'demo/demo.ts'
const node = process.execPath // of the repository's own Node: who looks at the demo has no other
const timeoutMs = 90_000 // the first run on a machine fetches Redis

test('the demo shows one complete order and leaves', { timeout: timeoutMs }, async () => {
  const { code, stdout, stderr } = await runApp({ node, file, args: ['--once'], cwd, timeoutMs })

  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/One order, one trace {2}[0-9a-f]{32} {2}2 services, \d+ spans/)
  for (const part of ['POST /orders', 'process fulfilment', 'order shipped', 'bullmq.jobs.completed']) {
    expect(stdout).toContain(part)
  }
})

test(
  'the demo stays until Ctrl-C and then leaves no process, no file and no port',
  { timeout: timeoutMs },
  async () => {
    const folder = tempFolder()
    chmodSync(folder, 0o755) // Postgres runs as another user where the tests run as root
    const mark = `DEMO_MARK=${folder}`
    const env = { TMPDIR: folder, DEMO_MARK: folder }
    const demo = await startApp({ node, file, cwd, env, timeoutMs, ready: /Stop +Ctrl-C/ })
    const [, page] = await demo.waitForLine(/See everything +(\S+)/)
    const shown = await fetch(page!)
    expect(shown.headers.get('content-type')).toContain('text/html')
    expect(readdirSync(folder)).not.toEqual([])
    if (process.platform === 'linux') expect(processesWith(mark)).not.toEqual([])

    const { code, stdout } = await demo.stop('SIGINT')

    expect(code).toBe(0)
    expect(stdout).toContain('Stopped.')
    expect(readdirSync(folder)).toEqual([])
    await expect(fetch(page!)).rejects.toThrow('fetch failed')
    if (process.platform === 'linux') expect(processesWith(mark)).toEqual([])
  },
)

/** Processes that have inherited this variable, as Linux tells. */
function processesWith(variable: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => read(`/proc/${pid}/environ`).includes(variable))
    .map(pid => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended
  }
}
