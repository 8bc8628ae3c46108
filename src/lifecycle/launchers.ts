/** `realpath` as `node:fs` has it: what stands on a command line is often a link in a folder of commands. */
export type Realpath = (path: string) => string

const version = '(?:\\d[^/]*/)?' // package managers that are kept beside each other, as by Corepack, Volta and Homebrew

/**
 * Programs that only run others, and threads that only serve the app: a preload that came along by `NODE_OPTIONS`
 * stays out of them. Absent are the parents of `node --watch` and `--run`: Node preloads nothing there.
 */
const launchers: readonly Launcher[] = [
  { name: 'npm', file: `npm/${version}bin/(?:npm-cli|npx-cli|npm-prefix)` },
  { name: 'Corepack', file: 'corepack/dist/(?:corepack|npm|npx|pnpm|pnpx|yarn|yarnpkg)' },
  { name: 'Yarn', file: `yarn(?:-v[^/]+)?/${version}(?:libexec/)?bin/yarn` },
  { name: 'Yarn', file: '@yarnpkg/cli-dist/bin/yarn' },
  { name: 'Yarn', file: '\\.yarn/releases/yarn-[^/]+' },
  { name: 'Yarn', file: 'yarn/\\d[^/]*/yarn' }, // as Corepack keeps it
  { name: 'pnpm', file: `pnpm/${version}(?:libexec/)?bin/(?:pnpm|pnpx)` },
  { name: 'PM2', file: 'node_modules/pm2/(?:bin/pm2(?:-dev|-docker|-runtime)?|lib/Daemon|lib/binaries/[^/]+)' },
  { name: 'nodemon', file: 'node_modules/nodemon/bin/nodemon' },
  { name: 'node-dev', file: 'node_modules/node-dev/bin/node-dev' },
  { name: 'ts-node-dev', file: 'node_modules/ts-node-dev/lib/bin' },
  { name: 'tsx', file: 'node_modules/tsx/dist/cli' },
  { name: 'cross-env', file: 'node_modules/cross-env/(?:dist|src)/bin/cross-env(?:-shell)?' },
  { name: 'dotenv-cli', file: 'node_modules/dotenv-cli/cli' },
  { name: 'concurrently', file: 'node_modules/concurrently/(?:dist/)?bin/(?:index|concurrently)' },
  { name: 'npm-run-all', file: 'node_modules/npm-run-all2?/bin/(?:npm-run-all|run-p|run-s)/index' },
  { name: 'a transport thread of pino', file: 'node_modules/thread-stream/lib/worker' },
  { name: 'a transport thread of pino', file: 'thread-stream-worker(?:[-.]\\w+)?' }, // as bundlers name its copy
]

interface Launcher {
  readonly name: string
  /** The end of its file's path, from the package on and without the extension. */
  readonly file: string
}

const anyFile = `(?:${launchers.map(({ file }) => file).join('|')})`

/** In words, which of these programs or threads `script` is; undefined where it is the user's own. */
export function nameLauncher(script: string | undefined, realpath: Realpath): string | undefined {
  if (script === undefined) return undefined
  const path = resolve(script, realpath)
  return endsWith(path, anyFile) ? launchers.find(({ file }) => endsWith(path, file))?.name : undefined
}

/** `node --test` runs each file in a process of its own, unless it is told to do without. Node preloads `--require` in it. */
export function nameTestRunner(execArgv: readonly string[]): string | undefined {
  const runsFiles = execArgv.includes('--test') && !withoutProcesses.test(execArgv.join(' '))
  return runsFiles ? 'node --test' : undefined
}

const withoutProcesses = /--(?:experimental-)?test-isolation[= ]none/

/** What a process can know of its start. */
export interface Start {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly script: string | undefined
  readonly execArgv: readonly string[]
  readonly realpath: Realpath
  /** The parent's command line, its words parted by NUL, as `/proc/<ppid>/cmdline` has it. May throw. */
  readonly readParent: () => string
}

/**
 * Whether somebody who only runs programs started this one. They speak to it over a channel too (`node --watch`,
 * PM2's fork mode, nodemon), but are no forking parents. Ask only where no parent of ours has left its mark, and not in a
 * cluster worker, which PM2's are as well.
 */
export function isStartedByLauncher({ env, script = '', execArgv, realpath, readParent }: Start): boolean {
  if (endsWith(script, 'node_modules/pm2/lib/ProcessContainerFork')) return true
  const parent = attempt(readParent)
  const isWatched = env['WATCH_REPORT_DEPENDENCIES'] !== undefined
  const isPm2s = env['pm_id'] !== undefined
  // The app's own children inherit these signs, so the parent has the last word.
  if (parent === undefined) return isWatched || isPm2s || execArgv.some(arg => loaderOfTsx.test(arg))
  return isLauncher(parent, realpath) || (isWatched && watchFlag.test(parent))
}

const loaderOfTsx = /[\\/]node_modules[\\/]tsx[\\/]dist[\\/]/
const daemonOfPm2 = /^PM2 v\S+ God Daemon/ // its own name for itself, in place of its command line
const shell = /(?:^-?|\/)(?:ba|da|a|z|k|fi)?sh$/ // hands on a channel that it was given, and speaks over none
const watchFlag = /\0--watch(?:-path)?[=\0]/

function isLauncher(commandLine: string, realpath: Realpath): boolean {
  const words = commandLine.split('\0').filter(word => word !== '')
  if (daemonOfPm2.test(commandLine) || shell.test(words[0] ?? '')) return true
  return words.some(word => nameLauncher(word, realpath) !== undefined)
}

/** Undefined where it is not Linux, or the parent is gone. */
function attempt(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function endsWith(path: string, file: string): boolean {
  return new RegExp(`(?:^|/)${file}(?:\\.[cm]?js)?$`, 'i').test(path.replaceAll('\\', '/'))
}

/** What cannot be found, as in Yarn's archives or where the extension was left out, is taken by its name. */
function resolve(path: string, realpath: Realpath): string {
  try {
    return realpath(path)
  } catch {
    return path
  }
}
