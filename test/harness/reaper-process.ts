/**
 * Runs beside the tests and reads from a pipe what must not outlive them. The system closes the pipe when the tests'
 * process ends, however it ends; what is held at that moment is killed and removed.
 */
import { rmSync } from 'node:fs'
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
    void Promise.all([...folders].map(folder => remove(folder)))
  })

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

/** Somebody may still be writing there while he is being stopped. */
async function remove(folder: string, attempts = 100): Promise<void> {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (attempts === 0) throw error
    await setTimeout(100)
    await remove(folder, attempts - 1)
  }
}
