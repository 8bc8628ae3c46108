import { createRequire } from 'node:module'
import { isSwitchedOff } from './config/switched-off.ts'
import type * as Entry from './entry.ts'

// A service that is switched off pays for this file.
if (!isSwitchedOff(process.env)) {
  const { preload } = createRequire(import.meta.url)('./entry.cjs') as typeof Entry
  preload()
}
