import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type AppResult, runApp } from './app.ts'
import { hold } from './reaper.ts'
import { tempFolder } from './temp-folder.ts'

const file = createRequire(new URL('../../examples/pm2/package.json', import.meta.url)).resolve('pm2/bin/pm2')

export interface Pm2Options {
  /** What would stand in an ecosystem file. */
  readonly app: Readonly<Record<string, unknown>>
  /** Of the shell in which PM2's commands are given. */
  readonly env?: Readonly<Record<string, string>>
}

/** A daemon of PM2's own, in a folder of its own, with one app. */
export interface Pm2 extends AsyncDisposable {
  /** Runs a command of PM2's to its end; rejects where it fails. */
  run(...args: readonly string[]): Promise<AppResult>
  /** On which the app listens, as it says; the instances of a cluster have one together. */
  port(): Promise<number>
  /** Stops the app, then the daemon. */
  end(): Promise<void>
  /** Whatever PM2 and the app have said. */
  log(): string
}

/** Starts the app as `pm2 start` does in any folder, and waits until it is ready. */
export async function startPm2({ app, env = {} }: Pm2Options): Promise<Pm2> {
  const home = tempFolder()
  const ecosystem = join(home, 'ecosystem.config.cjs')
  writeFileSync(ecosystem, `module.exports = ${JSON.stringify({ apps: [{ name: 'app', wait_ready: true, ...app }] })}`)

  const run = async (...args: readonly string[]) => {
    const result = await runApp({
      file,
      args: [...args, '--no-color'],
      env: { PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: '1', ...env },
      cwd: home,
      timeoutMs: 60_000,
    })
    if (result.code !== 0) throw new Error(`pm2 ${args.join(' ')}: ${JSON.stringify(result)}`)
    return result
  }
  const log = () => [home, join(home, 'logs')].flatMap(readLogs).join('\n')

  await run('start', ecosystem).catch(async error => {
    await run('kill') // its daemon may be there
    throw error
  })
  const letGo = hold({ group: Number(readFileSync(join(home, 'pm2.pid'), 'utf8')) })
  let ending: Promise<void> | undefined
  const end = () => (ending ??= run('kill').then(letGo))
  return {
    run,
    end,
    log,
    async port() {
      const find = () => Number(/^port (\d+)$/m.exec(log())?.[1])
      await expect.poll(find).toBeGreaterThan(0)
      return find()
    },
    [Symbol.asyncDispose]: end,
  }
}

function readLogs(folder: string): string[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.log'))
  return files.map(name => readFileSync(join(folder, name), 'utf8'))
}
