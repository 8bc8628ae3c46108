import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Real servers on 127.0.0.1. */
export interface Services {
  readonly pgUrl: string
  readonly redisUrl: string
  /** Stops the servers and removes their files. Servers that were running before are left alone. */
  stop(): Promise<void>
}

/**
 * Starts Postgres and Redis, or takes those that `TEST_PG_URL` and `TEST_REDIS_URL` name. They end with this process,
 * however it ends. Rejects with the name of what to install where a server cannot be had.
 */
export function startServices(): Promise<Services> {
  return start('postgres', 'redis')
}

/** The same for those who need no Postgres. */
export function startOnlyRedis(): Promise<Omit<Services, 'pgUrl'>> {
  return start('redis')
}

async function start(...servers: readonly string[]): Promise<Services> {
  const supervisor = spawn(process.execPath, [fileURLToPath(new URL('supervisor.ts', import.meta.url)), ...servers], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Out of reach of Ctrl-C in a terminal: whoever uses the servers comes to an end first.
    detached: true,
  })
  const exited = once(supervisor, 'exit')
  const [line] = await Promise.race([
    once(createInterface({ input: supervisor.stdout }), 'line'),
    exited.then(([code, signal]) => [JSON.stringify({ problems: [`the supervisor ended with ${code ?? signal}`] })]),
  ])
  const { problems, pgUrl, redisUrl } = JSON.parse(line)
  if (problems) {
    await exited // nothing is left by then
    throw new Error(`The services cannot be started.\n${problems.join('\n')}`)
  }
  return {
    pgUrl,
    redisUrl,
    async stop() {
      supervisor.stdin.end()
      await exited
    },
  }
}
