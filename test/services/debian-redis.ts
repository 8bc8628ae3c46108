import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Belongings } from './belongings.ts'
import { packageFolder } from './package-folder.ts'
import type { RedisProgram } from './redis.ts'

/** Names differ between releases (libssl3t64 since Debian 13 and Ubuntu 24.04): those that apt knows are taken. */
const libraries = [
  'libjemalloc2',
  'liblzf1',
  'libatomic1',
  'libssl3',
  'libssl3t64',
  'libsystemd0',
  'libcap2',
  'libgcrypt20',
  'libgpg-error0',
  'liblz4-1',
  'liblua5.1-0',
]

/**
 * Redis from Debian's or Ubuntu's packages, unpacked into node_modules/.cache: nothing is installed, root is not needed.
 * Undefined on systems without apt.
 */
export async function redisFromDebian(belongings: Belongings): Promise<RedisProgram | undefined> {
  const cache = cacheFolder('redis-debian')
  if (!existsSync(cache)) {
    if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) return undefined
    await fill(cache, belongings)
  }
  const libraryPath = ['usr/lib', 'lib'].flatMap(folder => architectureFolders(join(cache, folder))).join(':')
  // A link to redis-check-rdb, which looks at the name it is called by.
  return { file: join(cache, 'usr/bin/redis-server'), env: { LD_LIBRARY_PATH: libraryPath } }
}

/** By way of a private folder and one rename: a broken run leaves no half of it, and of two runs the first one wins. */
async function fill(cache: string, belongings: Belongings): Promise<void> {
  const folder = `${cache}.${process.pid}`
  mkdirSync(folder, { recursive: true })
  try {
    const apt = join(folder, 'apt')
    await download(apt, belongings)
    const packages = readdirSync(join(apt, 'packages')).map(file => join(apt, 'packages', file))
    for (const file of packages) await belongings.run('dpkg-deb', ['-x', file, folder])
    rmSync(apt, { recursive: true })
    renameSync(folder, cache)
  } catch (error) {
    if (!existsSync(cache)) throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function download(apt: string, belongings: Belongings): Promise<void> {
  const cwd = join(apt, 'packages')
  for (const folder of ['lists/partial', 'archives/partial', 'packages'])
    mkdirSync(join(apt, folder), { recursive: true })
  // The user _apt cannot write below a closed home.
  const machine = ['-o', 'APT::Sandbox::User=root']
  const lists = ['-o', `Dir::State::Lists=${apt}/lists`, '-o', `Dir::Cache=${apt}`]
  const patience = ['-o', 'Acquire::Languages=none', '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20']

  const downloadWith = async (options: string[]) => {
    const policies = await belongings.run('apt-cache', [...options, 'policy', ...libraries])
    const known = libraries.filter(name => new RegExp(`^${name}:\n.*\n +Candidate: (?!\\(none\\))`, 'm').test(policies))
    await belongings.run('apt-get', [...options, '-q', 'download', 'redis-server', 'redis-tools', ...known], { cwd })
  }
  try {
    await downloadWith(machine)
  } catch {
    // The machine has no lists (container images) or old ones.
    const own = [...machine, ...lists, ...patience]
    await belongings.run('apt-get', [...own, '-q', 'update'])
    await downloadWith(own)
  }
}

/** Beside the installed packages: one cache, from whatever folder a script is started. */
function cacheFolder(name: string): string {
  const vitest = packageFolder('vitest')
  return vitest ? join(vitest, '../.cache', name) : join(process.cwd(), 'node_modules/.cache', name)
}

function architectureFolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter(name => name.endsWith('-linux-gnu'))
  return names.map(name => join(folder, name))
}
