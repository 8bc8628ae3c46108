import type { TestProject } from 'vitest/node'
import { startServices } from './start-services.ts'

declare module 'vitest' {
  interface ProvidedContext {
    services: { readonly pgUrl: string; readonly redisUrl: string }
  }
}

/** One Postgres and one Redis for the whole run; tests get their addresses with `inject('services')`. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  refuseOldNode(process.versions.node)
  const { pgUrl, redisUrl, stop } = await startServices()
  provide('services', { pgUrl, redisUrl })
  return stop
}

/** npm on an old Node leaves out the newer one that this repository brings along when optional packages are not wanted. */
function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  throw new Error(
    `The tests need Node 22.18 or newer, this is ${version}. ` +
      'Run `npm install` without --omit=optional, which brings a newer Node, and then `npm test`.',
  )
}
