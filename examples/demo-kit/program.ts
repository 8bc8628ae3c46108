import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ProgramOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** By which it is stopped. Default: SIGTERM, and SIGKILL if that does not help. */
  readonly stopSignal?: NodeJS.Signals
  /** Gets what the program says on stderr; a healthy one says nothing. */
  readonly onStderr?: (line: string) => void
}

export interface Program {
  readonly pid: number | undefined
  /** Waits for a line of stdout of which `find` makes something; lines that came before count too. */
  line<T>(find: (line: string) => T | undefined): Promise<T>
  /** Resolves when it has ended, with the reason in words. */
  readonly ended: Promise<string>
  stop(): Promise<unknown>
}

const patienceMs = 4000
const keptLines = 200

export function startProgram({ name, command, args, env, stopSignal = 'SIGTERM', onStderr }: ProgramOptions): Program {
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own: Ctrl-C in a terminal reaches the demo alone, which then stops all in order
  })
  const lines: string[] = []
  const watchers = new Set<(line: string) => void>()
  const keep = (line: string) => void (lines.push(line) > keptLines && lines.shift())
  createInterface({ input: child.stdout }).on('line', line => {
    keep(line)
    for (const watcher of watchers) watcher(line)
  })
  createInterface({ input: child.stderr }).on('line', line => {
    keep(line)
    onStderr?.(line)
  })
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(`${name} does not start: ${error.message}`))
    child.once('close', (code, signal) => {
      const lastWords = lines.slice(-5).map(line => `\n  ${line}`)
      resolve(`${name} ended with ${signal ?? `exit code ${code}`}. The last it said:${lastWords.join('')}`)
    })
  })
  return {
    pid: child.pid,
    ended,
    line: find =>
      new Promise(resolve => {
        const look = (line: string) => {
          const found = find(line)
          if (found === undefined) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        lines.forEach(look)
      }),
    async stop() {
      child.kill(stopSignal) // to it alone: what it started is its own business
      const impatience = setTimeout(killGroup, patienceMs, child)
      await ended
      clearTimeout(impatience)
    },
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}
