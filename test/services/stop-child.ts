import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const sigintAfterMs = 2000
const sigkillAfterMs = 5000

/**
 * Asks politely, then firmly. SIGTERM goes first because Postgres then lets half-closed connections finish;
 * its SIGINT would make `pg` emit an error that nobody handles.
 */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timers = [
    setTimeout(() => child.kill('SIGINT'), sigintAfterMs),
    setTimeout(() => child.kill('SIGKILL'), sigkillAfterMs),
  ]
  await exited
  timers.forEach(clearTimeout)
}
