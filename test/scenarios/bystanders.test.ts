import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, type AppResult, runApp } from '../harness/app.ts'
import { layOutLauncher } from '../harness/launcher.ts'
import { nodeBinary } from '../harness/node-binary.ts'
import { npmCommand, npmEnvironment } from '../harness/npm-command.ts'
import { heard } from '../harness/speakers.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const root = join(import.meta.dirname, '../..')
const apps = join(root, 'test/apps/processes')
const appFile = join(apps, 'app.cjs')
const register = join(root, 'dist/register.js')
const version = execFileSync(nodeBinary(), ['-p', 'process.versions.node'], { encoding: 'utf8' })
const hello = join(apps, 'hello.cjs')
/** What a container tells all that it runs. */
const everywhere = { NODE_OPTIONS: `--import ${register} --import ${hello}` }

const usual = { OTEL_SERVICE_NAME: 'app' }

async function run(receiver: Receiver, { env, ...app }: AppOptions): Promise<AppResult> {
  return runApp({ ...app, env: { ...usual, ...receiver.env, ...everywhere, ...env } })
}

/** What was said of a program that is not the app. */
function bystanderLines(stderr: string): string[] {
  return stderr.split('\n').filter(line => line.includes('OTEL_NODE_FORCE_SETUP'))
}

/** An app as npm sees it: `npm start`, and a command of its own for npx. */
function createPackage(): string {
  const folder = tempFolder()
  const manifest = { name: 'app', version: '1.0.0', scripts: { start: `node ${appFile}` } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
  mkdirSync(join(folder, 'node_modules/@org'))
  symlinkSync(root, join(folder, 'node_modules/@org/otel'))
  writeFileSync(join(folder, 'node_modules/.bin/work'), `#!/bin/sh\nexec node ${appFile}\n`, { mode: 0o755 })
  return folder
}

describe.concurrent('where NODE_OPTIONS reaches all that a container runs, only the app speaks', () => {
  test.each([
    ['npm run start', 'npm', ['run', 'start']],
    ['npm start', 'npm', ['start']],
    ['npx', 'npx', ['--no', 'work']],
  ] as const)('%s', async (_name, command, args) => {
    await using receiver = await startReceiver()
    const cwd = createPackage()
    const env = { ...npmEnvironment(cwd), NODE_OPTIONS: `--import @org/otel/register --import ${hello}` }
    const app = { file: npmCommand(command), args: ['--loglevel=error', ...args], cwd, env }

    const { code, stdout, stderr } = await run(receiver, app)

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/worked\n$/)
    expect(heard(receiver)).toEqual(['main app.cjs'])
  })

  test('and at debug level each of them says so in one line', async () => {
    await using receiver = await startReceiver()
    const cwd = createPackage()
    const env = { ...npmEnvironment(cwd), OTEL_LOG_LEVEL: 'debug' }
    const { stderr } = await run(receiver, { file: npmCommand('npm'), args: ['start'], cwd, env })
    expect(bystanderLines(stderr)).toEqual([
      expect.stringContaining('[@org/otel] this is npm, which only runs the app'),
    ])
  })

  test.each([
    ['Yarn', 'opt/yarn-v1.22.22/bin/yarn.js'],
    ['Yarn', '.yarn/releases/yarn-4.11.0.cjs'],
    ['Yarn', 'corepack/v1/yarn/4.11.0/yarn.js'],
    ['pnpm', 'node_modules/pnpm/bin/pnpm.cjs'],
    ['Corepack', 'node_modules/corepack/dist/pnpm.js'],
    ['PM2', 'node_modules/pm2/bin/pm2-runtime'],
    ['PM2', 'node_modules/pm2/lib/Daemon.js'],
    ['nodemon', 'node_modules/nodemon/bin/nodemon.js'],
    ['tsx', 'node_modules/tsx/dist/cli.mjs'],
  ])('%s, at %s', async (name, path) => {
    await using receiver = await startReceiver()
    const { file, link } = layOutLauncher(path)
    for (const [script, level] of [
      [file, 'info'],
      [link, 'debug'],
    ] as const) {
      receiver.clear()
      const env = { OTEL_LOG_LEVEL: level }
      const { code, stdout, stderr } = await run(receiver, { file: script, args: [appFile], env })

      expect({ code, stdout }).toEqual({ code: 0, stdout: 'worked\n' })
      expect(heard(receiver)).toEqual(['main app.cjs'])
      const line = `[@org/otel] this is ${name}, which only runs the app`
      expect(bystanderLines(stderr)).toEqual(level === 'debug' ? [expect.stringContaining(line)] : [])
    }
  })

  test.each(['--import', '--require'])('the parent of node --test, preloaded by %s', async flag => {
    await using receiver = await startReceiver()
    const env = { NODE_OPTIONS: `${flag} @org/otel/register ${flag} ${hello}` }
    const { code, stderr } = await run(receiver, { nodeOptions: ['--test'], file: appFile, env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(heard(receiver)).toEqual(['main app.cjs'])
  })

  test('a thread of such a program', async () => {
    await using receiver = await startReceiver()
    const { file } = layOutLauncher('node_modules/nodemon/bin/nodemon.js')
    writeFileSync(file, `new (require('node:worker_threads').Worker)(${JSON.stringify(appFile)})`)
    const { code, stdout, stderr } = await run(receiver, { file })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'worked\n', stderr: '' })
    expect(heard(receiver)).toEqual([])
  })

  test('a transport thread of pino', async () => {
    await using receiver = await startReceiver()
    const file = join(apps, 'log-by-pino.cjs')
    const { code, stdout, stderr } = await run(receiver, { file })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('"msg":"by a thread"')
    expect(heard(receiver)).toEqual([`main ${basename(file)}`])
  })

  test.each([
    ['--import', '@org/otel/register'],
    ['--require', '@org/otel/register'],
    ...(version.startsWith('22.') ? [] : [['--require', register]]), // Node 22 can require no ES module in that thread
  ])("Node's thread for module hooks, preloaded by %s of %s", async (flag, preload) => {
    await using receiver = await startReceiver()
    const file = join(apps, 'hook-modules.mjs')
    // The newest releases warn that such hooks will go.
    const tell = join(apps, 'tell-hooks-thread.cjs')
    const env = { NODE_OPTIONS: `${flag} ${preload} ${flag} ${hello} --require ${tell} --no-deprecation` }
    const { code, stdout, stderr } = await run(receiver, { file, env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').toSorted()).toEqual(['', 'in the thread: undefined', 'worked'])
    expect(heard(receiver)).toEqual(['main hook-modules.mjs'])
  })

  test('and a program of the app that has such a name is the app', async () => {
    const folder = tempFolder()
    for (const path of ['npm.js', 'pm2/index.js', 'bin/yarn.js']) {
      await using receiver = await startReceiver()
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), `console.log('worked')`)
      await run(receiver, { file: join(folder, path) })
      expect(heard(receiver)).toEqual([`main ${basename(path)}`])
    }
  })
})

describe.concurrent('such a program speaks all the same', () => {
  test('where OTEL_NODE_FORCE_SETUP says so', async () => {
    await using receiver = await startReceiver()
    const { file } = layOutLauncher('node_modules/nodemon/bin/nodemon.js')
    const { stderr } = await run(receiver, { file, args: [appFile], env: { OTEL_NODE_FORCE_SETUP: 'true' } })
    expect(stderr).toBe('')
    expect(heard(receiver)).toEqual(['child app.cjs', 'main nodemon.js'])
  })

  test('where its own code calls setupOtel()', async () => {
    await using receiver = await startReceiver()
    const { file } = layOutLauncher('node_modules/nodemon/bin/nodemon.js')
    const index = JSON.stringify(join(root, 'dist/index.js'))
    writeFileSync(file, `require(${index}).setupOtel(); require(${JSON.stringify(hello)})`)
    const { stderr } = await run(receiver, { file, env: { NODE_OPTIONS: `--import ${register}` } })
    expect(stderr).toBe('')
    expect(heard(receiver)).toEqual([`main ${basename(file)}`])
  })
})

describe.concurrent('what is loaded twice is one runtime, and says so in one line at debug level only', () => {
  /** Another copy of the package, as a second project or a global installation has it. */
  function copyPackage(): string {
    const folder = join(tempFolder(), 'node_modules')
    cpSync(join(root, 'dist'), join(folder, '@org/otel/dist'), { recursive: true })
    copyFileSync(join(root, 'package.json'), join(folder, '@org/otel/package.json'))
    mkdirSync(join(folder, '@opentelemetry'))
    cpSync(join(root, 'node_modules/@opentelemetry/api'), join(folder, '@opentelemetry/api'), { recursive: true })
    return join(folder, '@org/otel/dist/register.js')
  }

  const flagged = (flag: string, file: string): AppOptions => ({ nodeOptions: [flag, file] })
  const byBoth = { NODE_OPTIONS: `--require ${register} ${everywhere.NODE_OPTIONS}` }
  test.each<[string, () => AppOptions, number]>([
    ['two copies, by --import and by NODE_OPTIONS', () => flagged('--import', copyPackage()), 1],
    ['two copies, by --require and by NODE_OPTIONS', () => flagged('--require', copyPackage()), 1],
    ['one copy, by a flag and by NODE_OPTIONS, which Node loads once', () => flagged('--import', register), 0],
    ['one copy, by --import and by --require, which Node loads once', () => ({ env: byBoth }), 0],
  ])('%s', async (_name, options, lines) => {
    const { env, ...app } = { file: appFile, ...options() }
    for (const [level, expected] of Object.entries({ info: 0, debug: lines })) {
      await using receiver = await startReceiver()
      const { code, stdout, stderr } = await run(receiver, { ...app, env: { ...env, OTEL_LOG_LEVEL: level } })
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'worked\n' })
      const said = stderr.split('\n').filter(line => line.includes('was loaded by this process before'))
      expect(said).toHaveLength(expected)
      expect(heard(receiver)).toEqual(['main app.cjs'])
    }
  })
})
