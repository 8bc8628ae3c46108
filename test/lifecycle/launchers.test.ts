import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isStartedByLauncher, nameLauncher, nameTestRunner } from '../../src/lifecycle/launchers.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const asIs = (path: string): string => path

/** Where these programs lie on real machines. */
const installed: Readonly<Record<string, readonly string[]>> = {
  npm: [
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
    '/usr/local/lib/node_modules/npm/bin/npx-cli.js',
    '/usr/share/nodejs/npm/bin/npm-cli.js',
    '/home/ann/.nvm/versions/node/v24.1.0/lib/node_modules/npm/bin/npm-prefix.js',
    '/home/ann/.volta/tools/image/npm/11.2.0/bin/npm-cli.js',
    'C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npx-cli.js',
  ],
  Corepack: [
    '/usr/lib/node_modules/corepack/dist/corepack.js',
    '/usr/local/lib/node_modules/corepack/dist/yarn.js',
    '/usr/lib/node_modules/corepack/dist/yarnpkg.js',
    '/usr/lib/node_modules/corepack/dist/pnpx.js',
  ],
  Yarn: [
    '/opt/yarn-v1.22.22/bin/yarn.js',
    '/usr/share/yarn/bin/yarn.js',
    '/opt/homebrew/Cellar/yarn/1.22.22/libexec/bin/yarn.js',
    '/home/ann/.volta/tools/image/yarn/1.22.22/bin/yarn.js',
    'C:\\Program Files (x86)\\Yarn\\bin\\yarn.js',
    '/srv/shop/.yarn/releases/yarn-4.11.0.cjs',
    '/srv/shop/.yarn/releases/yarn-1.22.22.js',
    '/srv/shop/.yarn/releases/yarn-berry.cjs',
    '/srv/shop/node_modules/@yarnpkg/cli-dist/bin/yarn.js',
    '/home/node/.cache/node/corepack/v1/yarn/4.11.0/yarn.js',
    '/home/node/.cache/node/corepack/v1/yarn/1.22.22/bin/yarn.js',
  ],
  pnpm: [
    '/usr/lib/node_modules/pnpm/bin/pnpm.cjs',
    '/usr/lib/node_modules/pnpm/bin/pnpx.mjs',
    '/home/node/.cache/node/corepack/v1/pnpm/10.34.9/bin/pnpm.cjs',
    '/opt/homebrew/Cellar/pnpm/10.34.9/libexec/bin/pnpm.cjs',
  ],
  PM2: [
    '/usr/lib/node_modules/pm2/bin/pm2',
    '/usr/lib/node_modules/pm2/bin/pm2-dev',
    '/usr/lib/node_modules/pm2/bin/pm2-docker',
    '/usr/lib/node_modules/pm2/bin/pm2-runtime',
    '/usr/lib/node_modules/pm2/lib/Daemon.js',
    '/usr/lib/node_modules/pm2/lib/binaries/CLI.js',
    '/usr/lib/node_modules/pm2/lib/binaries/Runtime4Docker.js',
  ],
  nodemon: [
    '/srv/shop/node_modules/nodemon/bin/nodemon.js',
    '/srv/shop/node_modules/nodemon/bin/nodemon', // `node node_modules/nodemon/bin/nodemon`
    '/srv/shop/node_modules/.pnpm/nodemon@3.1.14/node_modules/nodemon/bin/nodemon.js',
    '/srv/shop/.yarn/cache/nodemon-npm-3.1.14-0a1b2c3d4e.zip/node_modules/nodemon/bin/nodemon.js',
  ],
  'node-dev': ['/srv/shop/node_modules/node-dev/bin/node-dev'],
  'ts-node-dev': ['/srv/shop/node_modules/ts-node-dev/lib/bin.js'],
  tsx: ['/srv/shop/node_modules/tsx/dist/cli.mjs', '/srv/shop/node_modules/tsx/dist/cli.cjs'],
  'cross-env': [
    '/srv/shop/node_modules/cross-env/dist/bin/cross-env.js',
    '/srv/shop/node_modules/cross-env/src/bin/cross-env-shell.js',
  ],
  'dotenv-cli': ['/srv/shop/node_modules/dotenv-cli/cli.js'],
  concurrently: [
    '/srv/shop/node_modules/concurrently/dist/bin/index.js',
    '/srv/shop/node_modules/concurrently/dist/bin/concurrently.js',
  ],
  'npm-run-all': [
    '/srv/shop/node_modules/npm-run-all/bin/run-p/index.js',
    '/srv/shop/node_modules/npm-run-all2/bin/npm-run-all/index.js',
  ],
  'a transport thread of pino': [
    '/srv/shop/node_modules/thread-stream/lib/worker.js',
    '/srv/shop/node_modules/.pnpm/thread-stream@4.2.1/node_modules/thread-stream/lib/worker.js',
    '/srv/shop/dist/thread-stream-worker.js',
    '/srv/shop/dist/thread-stream-worker.mjs',
    '/srv/shop/dist/thread-stream-worker-OFCW5GGP.js',
  ],
}

describe('a program that only runs others is known by its place', () => {
  const cases = Object.entries(installed).flatMap(([name, paths]) => paths.map(path => ({ name, path })))
  test.each(cases)('$name: $path', ({ name, path }) => {
    expect(nameLauncher(path, asIs)).toBe(name)
  })
})

describe("the user's own program is not taken for one", () => {
  test.each([
    '/srv/shop/npm.js',
    '/srv/shop/bin/npm-cli.js',
    '/srv/shop/bin/yarn.js',
    '/srv/shop/pnpm.cjs',
    '/srv/pm2/index.js',
    '/srv/pm2/lib/Daemon.js',
    '/srv/pm2/bin/pm2',
    '/srv/tsx/dist/cli.mjs',
    '/srv/nodemon/bin/nodemon.js',
    '/srv/corepack/index.js',
    '/srv/yarn/server.js',
    '/srv/npm/bin/www.js',
    '/srv/shop/lib/worker.js',
    '/srv/shop/my-thread-stream-worker.js',
    '/usr/lib/node_modules/pm2/lib/ProcessContainer.js',
    '/usr/lib/node_modules/pm2/lib/ProcessContainerFork.js',
    '/srv/shop/node_modules/npm/bin/npm-cli.js/app.js',
    '/srv/shop/node_modules/tsx/dist/loader.mjs',
    '[worker eval]',
    '',
  ])('%s', path => {
    expect(nameLauncher(path, asIs)).toBeUndefined()
  })

  test('where there is no script', () => {
    expect(nameLauncher(undefined, asIs)).toBeUndefined()
  })
})

test('a link to such a program is followed, and what leads nowhere is taken by its name', () => {
  const root = tempFolder()
  const command = join(root, 'node_modules/nodemon/bin/nodemon.js')
  mkdirSync(dirname(command), { recursive: true })
  writeFileSync(command, '')
  symlinkSync(command, join(root, 'watch'))
  expect(nameLauncher(join(root, 'watch'), realpathSync)).toBe('nodemon')
  expect(nameLauncher(join(root, 'nowhere/node_modules/pm2/bin/pm2'), realpathSync)).toBe('PM2')
})

test.each<[readonly string[], string | undefined]>([
  [['--test'], 'node --test'],
  [['--import', './a.js', '--test', '--test-isolation=process'], 'node --test'],
  [['--test', '--test-isolation=none'], undefined],
  [['--test', '--experimental-test-isolation', 'none'], undefined],
  [['--test-only'], undefined],
])('node %j is the parent of tests: %j', (execArgv, name) => expect(nameTestRunner(execArgv)).toBe(name))

describe('a process with a channel to its parent', () => {
  const plain = {
    env: {},
    script: '/srv/shop/app.js',
    execArgv: [],
    realpath: asIs,
    readParent: () => 'node\0/srv/shop/parent.js\0',
  }

  const fail = () => {
    throw new Error('ENOENT: no such file or directory')
  }

  test('was forked by the app', () => {
    expect(isStartedByLauncher(plain)).toBe(false)
    expect(isStartedByLauncher({ ...plain, script: undefined, readParent: () => '' })).toBe(false)
  })

  const links = { '/srv/shop/node_modules/.bin/nodemon': '/srv/shop/node_modules/nodemon/bin/nodemon.js' }
  const realpath = (path: string) => new Map(Object.entries(links)).get(path) ?? path
  const container = '/usr/lib/node_modules/pm2/lib/ProcessContainerFork.js'
  const loader = 'file:///srv/shop/node_modules/tsx/dist/loader.mjs'
  test.each([
    {
      by: 'node --watch',
      start: { env: { WATCH_REPORT_DEPENDENCIES: '1' }, readParent: () => 'node\0--watch\0/srv/shop/app.js\0' },
    },
    {
      by: 'node --watch, elsewhere than on Linux',
      start: { env: { WATCH_REPORT_DEPENDENCIES: '1' }, readParent: fail },
    },
    { by: "PM2's fork mode", start: { script: container } },
    { by: "PM2's fork mode on Windows", start: { script: container.replaceAll('/', '\\') } },
    { by: 'tsx', start: { readParent: () => 'node\0/srv/shop/node_modules/tsx/dist/cli.mjs\0app.ts\0' } },
    {
      by: 'tsx, elsewhere than on Linux',
      start: { execArgv: ['--require', '/srv/preload.cjs', '--import', loader], readParent: fail },
    },
    { by: 'a shell of PM2, elsewhere than on Linux', start: { env: { pm_id: '0' }, readParent: fail } },
    { by: 'a shell that handed on the channel', start: { readParent: () => '/bin/bash\0./start.sh\0' } },
    { by: "PM2's daemon", start: { readParent: () => 'PM2 v7.0.4: God Daemon (/home/node/.pm2)            ' } },
    { by: 'pm2-runtime', start: { readParent: () => 'node\0/usr/lib/node_modules/pm2/bin/pm2-runtime\0app.js\0' } },
    {
      by: 'nodemon',
      start: { readParent: () => 'node\0--trace-warnings\0/srv/shop/node_modules/.bin/nodemon\0app.js\0', realpath },
    },
    { by: 'nodemon, from the folder', start: { readParent: () => 'node\0node_modules/nodemon/bin/nodemon.js\0' } },
  ])('was started by $by', ({ start }) => {
    expect(isStartedByLauncher({ ...plain, ...start })).toBe(true)
  })

  test('was forked by the app where the parent cannot be asked', () => {
    expect(isStartedByLauncher({ ...plain, readParent: fail })).toBe(false)
  })

  test('was forked by an app that node --watch or tsx has started, or that has such an option itself', () => {
    const env = { WATCH_REPORT_DEPENDENCIES: '1' }
    expect(isStartedByLauncher({ ...plain, env, execArgv: ['--import', loader] })).toBe(false)
    expect(isStartedByLauncher({ ...plain, readParent: () => 'node\0/srv/shop/build.js\0--watch\0' })).toBe(false)
  })
})
