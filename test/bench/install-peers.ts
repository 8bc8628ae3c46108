import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { peers } from './variants.ts'

/** Installs what ours is compared with, in the versions of peers/package.json; returns them. */
export function installPeers(): Readonly<Record<string, string>> {
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> }
  const isInstalled = ([name, version]: [string, string]) =>
    read(`node_modules/${name}/package.json`)?.['version'] === version
  if (!Object.entries(dependencies).every(isInstalled)) {
    console.log(`npm install in ${peers}`)
    const args = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
    execFileSync('npm', args, { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return dependencies
}

function read(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(`${peers}/${file}`, 'utf8'))
  } catch {
    return undefined
  }
}
