import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs npm in a folder and resolves to what it prints; rejects with that where it fails. */
export async function npm(folder: string, ...args: string[]): Promise<string> {
  const quietly = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  const { stdout } = await promisify(execFile)('npm', [...args, ...quietly], { cwd: folder, env: environment() })
  return stdout
}

/** Where packages come from. Whatever else an `npm test` around us was told is not meant for an npm of our own. */
const kept = /^npm_config_(registry|cache|userconfig|globalconfig|cafile|strict_ssl|.*proxy)$/i

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)))
}
