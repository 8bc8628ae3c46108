import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { join } from 'node:path'

/** A process group by the id of its first process, or a folder. */
type Thing = { readonly group: number; readonly folder?: never } | { readonly folder: string; readonly group?: never }

export type HoldMessage = Thing & { readonly isHeld: boolean }

let send: ((message: HoldMessage) => void) | undefined

/** From here on the group dies, or the folder goes, with this process, however it ends. Returns what undoes that. */
export function hold(thing: Thing): () => void {
  send ??= startReaper()
  send({ ...thing, isHeld: true })
  return () => send?.({ ...thing, isHeld: false })
}

function startReaper(): (message: HoldMessage) => void {
  const reaper = spawn(process.execPath, [join(import.meta.dirname, 'reaper-process.ts')], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true, // out of reach of Ctrl-C
  })
  reaper.unref()
  if (reaper.stdin instanceof Socket) reaper.stdin.unref()
  return message => reaper.stdin.write(`${JSON.stringify(message)}\n`)
}
