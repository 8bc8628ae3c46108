import { once } from 'node:events'
import { chmodSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const { TEST_PG_URL, TEST_REDIS_URL } = process.env
const given = { ...(TEST_PG_URL && { TEST_PG_URL }), ...(TEST_REDIS_URL && { TEST_REDIS_URL }) }

/** Its own place for temp folders shows what is left there. Postgres has to get in as another user. */
function observedFolder(): string {
  const folder = tempFolder()
  chmodSync(folder, 0o755)
  return folder
}

function useServices(ending: string, TMPDIR: string, env: Record<string, string> = given) {
  const code = `
    import { startServices } from '${import.meta.dirname}/start-services.ts'
    import { readdirSync } from 'node:fs'
    const services = await startServices()
    console.log(JSON.stringify({ ...services, folders: readdirSync('${TMPDIR}').length }))
    ${ending}`
  return runApp({ args: ['--input-type=module', '-e', code], node: process.execPath, env: { ...env, TMPDIR } })
}

test.for([
  { ending: 'await services.stop()', when: 'they are stopped' },
  { ending: 'process.exit()', when: 'their user ends' },
  { ending: 'process.kill(process.pid, "SIGKILL")', when: 'their user is killed' },
])('neither a server nor a folder is left when $when', async ({ ending }) => {
  const folder = observedFolder()
  const { stdout } = await useServices(ending, folder)
  const { pgUrl, redisUrl, folders } = JSON.parse(stdout)
  expect(folders).toBe(2 - Object.keys(given).length)
  const gone = { timeout: 20_000 }
  await expect.poll(() => readdirSync(folder), gone).toEqual([])
  if (!TEST_PG_URL) await expect.poll(() => listens(pgUrl), gone).toBe(false)
  if (!TEST_REDIS_URL) await expect.poll(() => listens(redisUrl), gone).toBe(false)
})

test('nothing is left when their user is gone before they are ready', async () => {
  const folder = observedFolder()
  // The input of `runApp` is closed from the beginning.
  const { code } = await runApp({
    file: join(import.meta.dirname, 'supervisor.ts'),
    args: ['postgres', 'redis'],
    node: process.execPath,
    env: { ...given, TMPDIR: folder },
  })
  expect(code).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

test('servers that run already are taken as they are, and none is started', async () => {
  const env = { TEST_PG_URL: 'postgres://one', TEST_REDIS_URL: 'redis://two' }
  const { stdout } = await useServices('await services.stop()', observedFolder(), env)
  expect(JSON.parse(stdout)).toEqual({ pgUrl: 'postgres://one', redisUrl: 'redis://two', folders: 0 })
})

async function listens(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
