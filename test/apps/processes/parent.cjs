// Has app.cjs run in another process or thread, in the way on its command line, and ends after it.
const { exec, fork, spawn, spawnSync } = require('node:child_process')
const cluster = require('node:cluster')
const { once } = require('node:events')
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')

const app = join(__dirname, 'app.cjs')
const inherit = { stdio: 'inherit' }
const { PATH, NODE_OPTIONS } = process.env
const told = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_') || name === '_OTEL_DEFER_SETUP')
/** What an app may hand on that chooses its variables itself, */
const own = { ...Object.fromEntries(told), PATH, NODE_OPTIONS }
/** and each by its name. */
const named = { ...own, OTEL_NODE_PARENT_PID: undefined }

const ways = {
  nothing: () => undefined,
  fork: () => fork(app),
  'fork with its own environment': () => fork(app, { env: own }),
  'fork with variables that are named': () => fork(app, { env: named }),
  'fork without flags': () => fork(app, { execArgv: [] }),
  spawn: () => spawn(process.execPath, [app], inherit),
  'spawn with its own environment': () => spawn(process.execPath, [app], { ...inherit, env: own }),
  'spawn with variables that are named': () => spawn(process.execPath, [app], { ...inherit, env: named }),
  spawnSync: () => void spawnSync(process.execPath, [app], inherit),
  exec: () => exec(`"${process.execPath}" "${app}"`),
  'fork of a fork': () => fork(__filename, ['spawn']),
  cluster() {
    cluster.setupPrimary({ exec: app, args: [] })
    return cluster.fork().process
  },
  thread: () => new Worker(app),
  'thread of a thread': () =>
    new Worker(`new (require('node:worker_threads').Worker)(${JSON.stringify(app)})`, { eval: true }),
}

async function run() {
  const started = ways[process.argv[2]]()
  if (started !== undefined) await once(started, 'exit')
  console.log('over')
}
void run()
