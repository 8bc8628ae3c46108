import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Belongings } from './belongings.ts'
import { redisFromDebian } from './debian-redis.ts'
import { freePort } from './free-port.ts'
import { serverReady } from './server-ready.ts'

export interface RedisProgram {
  readonly file: string
  readonly env: Readonly<Record<string, string>>
}

/** Starts an installed Redis or Valkey, else the one of Debian's packages, on a free port. Resolves to its URL. */
export async function startRedis(belongings: Belongings): Promise<string> {
  const program = installedRedis() ?? (await redisFromDebian(belongings))
  if (!program) {
    throw new Error(
      'No Redis found. Install one (Debian and Ubuntu: `apt-get install redis-server`, macOS: `brew install redis`), ' +
        'or set TEST_REDIS_URL to a Redis that you run (`docker run -p 6379:6379 redis:7`).',
    )
  }
  const port = await freePort()
  const settings = {
    port: `${port}`,
    bind: '127.0.0.1',
    dir: belongings.folder('otel-redis-'),
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction', // what BullMQ asks for
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  await serverReady('redis', belongings.spawn(program.file, args, { env: { ...process.env, ...program.env } }))
  return `redis://127.0.0.1:${port}`
}

/** Homebrew and MacPorts are not on every PATH. */
const usualFolders = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/redis/bin',
  '/opt/local/bin',
]

function installedRedis(): RedisProgram | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders]
  const files = folders.flatMap(folder => ['redis-server', 'valkey-server'].map(name => join(folder, name)))
  const file = files.find(isExecutable)
  return file === undefined ? undefined : { file, env: {} }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
