import { existsSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { runApp, startApp } from './app.ts'
import { isRunning } from './is-running.ts'
import { nodeBinary } from './node-binary.ts'

const script = (code: string) => ['--input-type=module', '-e', code]
const stays = 'setInterval(() => {}, 1000); console.log("ready", process.pid)'

test('a program is run to its end, with what it prints and how it ends', async () => {
  const code = 'console.log("out"); console.error("err"); process.exitCode = 3'
  expect(await runApp({ args: script(code) })).toEqual({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' })
})

test('a program reads its input, and finds none when none is given', async () => {
  const args = script('process.stdin.pipe(process.stdout)')
  expect((await runApp({ args, input: 'text' })).stdout).toBe('text')
  expect((await runApp({ args })).stdout).toBe('')
})

test('the variables of the tests do not reach the program', async () => {
  vi.stubEnv('OTEL_SERVICE_NAME', 'leak')
  vi.stubEnv('NODE_OPTIONS', '--no-warnings')
  const { stdout } = await runApp({
    args: script('console.log(Object.keys(process.env).sort().join())'),
    env: { MINE: '1' },
  })
  vi.unstubAllEnvs()
  expect(stdout.trim()).toBe('HOME,MINE,PATH')
})

test('`node` is the Node under test for what the program starts, too', async () => {
  const code =
    'import { execSync } from "node:child_process"; process.stdout.write(execSync("node -p process.execPath"))'
  const own = await runApp({ args: ['-p', 'process.execPath'] })
  expect((await runApp({ args: script(code), node: nodeBinary() })).stdout).toBe(own.stdout)
})

test('a program that does not exist is reported', async () => {
  await expect(runApp({ node: '/no/such/program' })).rejects.toThrow('ENOENT')
})

test('a program that takes too long is killed, and its output is shown', async () => {
  const run = runApp({ args: script(`console.error("stuck"); ${stays}`), timeoutMs: 500 })
  await expect(run).rejects.toThrow(/was killed after 500 ms[^]*ready[^]*stuck/)
})

test('a program that stays is ready with its line, and stops when told', async () => {
  const app = await startApp({ args: script(stays), ready: /^ready (\d+)$/ })
  expect(app.stdout).toBe(`ready ${app.pid}\n`)
  expect((await app.waitForLine(/^ready (\d+)$/))[1]).toBe(String(app.pid))
  expect(await app.stop()).toMatchObject({ code: null, signal: 'SIGTERM' })
})

test('a program that ends before it is ready is reported with its output', async () => {
  const start = startApp({ args: script('console.error("no database")'), ready: 'ready' })
  await expect(start).rejects.toThrow(/ended before it printed ready[^]*no database/)
})

test('what a program leaves behind ends with it', async () => {
  const code = `
    import { spawn } from 'node:child_process'
    const child = spawn('node', ['-e', ${JSON.stringify(stays)}], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.once('data', () => { console.log(child.pid); process.exit() })`
  const { stdout } = await runApp({ args: script(code) })
  await expect.poll(() => isRunning(Number(stdout))).toBe(false)
})

test('programs and folders do not outlive tests that are killed', async () => {
  const code = `
    import { startApp } from '${import.meta.dirname}/app.ts'
    import { tempFolder } from '${import.meta.dirname}/temp-folder.ts'
    const { pid } = await startApp({ args: ['-e', ${JSON.stringify(stays)}], ready: 'ready' })
    console.log(JSON.stringify({ pid, folder: tempFolder() }))
    process.kill(process.pid, 'SIGKILL')`
  // Node under test may be one that does not read TypeScript.
  const { stdout, signal } = await runApp({ args: script(code), node: process.execPath })
  const { pid, folder } = JSON.parse(stdout)
  expect(signal).toBe('SIGKILL')
  await expect.poll(() => isRunning(pid)).toBe(false)
  await expect.poll(() => existsSync(folder)).toBe(false)
})
