import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/**
 * The version of the API that is installed beside us, most often the app's own. Ours is bundled, since reading its fifty
 * files is half of what starting costs, and goes by that version: copies of the API accept no other from each other.
 */
export const apiVersion: string = read()

function read(): string {
  try {
    const { version } = JSON.parse(readFileSync(findPackageJSON('@opentelemetry/api', import.meta.url)!, 'utf8'))
    return String(version)
  } catch {
    return '1.10.0'
  }
}
