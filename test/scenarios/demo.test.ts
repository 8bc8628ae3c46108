import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runApp, startApp } from '../harness/app.ts'
import { demoOf, demoTimeoutMs } from '../harness/run-demo.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const demo = demoOf('orders', 'demo/demo.ts')

test('the demo shows one complete order and leaves', { timeout: demoTimeoutMs }, async () => {
  const { code, stdout, stderr } = await runApp({ ...demo, args: ['--once'] })

  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/One order, one trace {2}[0-9a-f]{32} {2}2 services, \d+ spans/)
  for (const part of ['POST /orders', 'process fulfilment', 'order shipped', 'bullmq.jobs.completed']) {
    expect(stdout).toContain(part)
  }
})

test(
  'the demo stays until Ctrl-C and then leaves no process, no file and no port',
  { timeout: demoTimeoutMs },
  async () => {
    const folder = tempFolder()
    chmodSync(folder, 0o755) // Postgres runs as another user where the tests run as root
    const mark = `DEMO_MARK=${folder}`
    const env = { TMPDIR: folder, DEMO_MARK: folder }
    const running = await startApp({ ...demo, env, ready: /Stop +Ctrl-C/ })
    const [, page] = await running.waitForLine(/See everything +(\S+)/)
    const shown = await fetch(page!)
    expect(shown.headers.get('content-type')).toContain('text/html')
    expect(readdirSync(folder)).not.toEqual([])
    if (process.platform === 'linux') expect(processesWith(mark)).not.toEqual([])

    const { code, stdout } = await running.stop('SIGINT')

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
