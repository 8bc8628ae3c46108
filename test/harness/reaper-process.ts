/**
 * Runs beside the tests and reads from a pipe what must not outlive them. The system closes the pipe when the tests'
 * process ends, however it ends; what is held at that moment is killed and removed.
 */
import { existsSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import type { HoldMessage } from './reaper.ts'

const groups = new Set<number>()
const folders = new Set<string>()

createInterface({ input: process.stdin })
  .on('line', line => {
    const { group, folder, isHeld } = JSON.parse(line) as HoldMessage
    if (group !== undefined) groups[isHeld ? 'add' : 'delete'](group)
    if (folder !== undefined) folders[isHeld ? 'add' : 'delete'](folder)
  })
  .on('close', () => {
    groups.forEach(killGroup)
    void Promise.all([...folders].map(remove))
  })

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

/**
 * What was killed may have files that others are removing at this very moment: rmSync then either throws, or comes upon
 * something that is no longer there and leaves the rest without a word.
 */
async function remove(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000
  while (existsSync(folder) && Date.now() < deadline) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // tried again
    }
    if (existsSync(folder)) await setTimeout(100)
  }
}
