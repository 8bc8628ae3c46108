import { parentPort } from 'node:worker_threads'

/** A sandbox as BullMQ's worker holds it: a process or a thread. */
interface Sandbox {
  on(event: 'message' | 'exit', listener: (message: unknown) => void): unknown
  send(message: object): Promise<void>
}

/** What can be done where an end is near. */
export interface Ending {
  /** Sends what was recorded. Never rejects, and takes no longer than the end of this process or thread may. */
  readonly flush: () => Promise<void>
  /** How long that is. */
  readonly timeoutMs: number
}

/**
 * A worker that closes has its sandboxes send what they have before it ends them. BullMQ before 6.7 ends its threads by
 * `terminate()`, of which nothing in them hears; and all sandboxes end at once, each of which would start a thread for
 * its last words. The two speak over BullMQ's own channel.
 */
export interface SandboxFlush {
  /** In a sandbox, with each job: tells its worker, once, that it can be asked. */
  offer(): void
  /** In the worker, before the sandbox begins. */
  expect(sandbox: Sandbox): void
  /** In the worker: asks a sandbox that gets no more jobs, and waits for it. Never rejects. */
  ask(sandbox: Sandbox): Promise<void>
}

// With a `cmd`, as BullMQ's own messages have: it looks at that, and lets go what it does not know.
const canFlush = { cmd: '@org/otel can flush' }
const flushNow = { cmd: '@org/otel flush' }
const hasFlushed = { cmd: '@org/otel has flushed' }

const isSame = (message: unknown, { cmd }: { readonly cmd: string }): boolean =>
  (Object(message) as { readonly cmd?: unknown }).cmd === cmd

export function createSandboxFlush({ flush, timeoutMs }: Ending): SandboxFlush {
  const askable = new WeakSet<Sandbox>()
  let isOffered = false
  return {
    offer() {
      if (isOffered) return
      isOffered = true
      const worker = parentPort ?? process
      worker.on('message', (message: unknown) => {
        if (isSame(message, flushNow)) void flush().then(() => tellWorker(hasFlushed))
      })
      tellWorker(canFlush)
    },
    expect(sandbox) {
      sandbox.on('message', message => {
        if (isSame(message, canFlush)) askable.add(sandbox)
      })
    },
    async ask(sandbox) {
      if (!askable.has(sandbox)) return
      await new Promise<unknown>(resolve => {
        // A sandbox that is busy does not answer at all.
        const timer = setTimeout(resolve, timeoutMs)
        const done = (): void => resolve(clearTimeout(timer))
        sandbox.on('message', message => isSame(message, hasFlushed) && done())
        sandbox.on('exit', done)
        sandbox.send(flushNow).then(undefined, done)
      })
    },
  }
}

/** Whoever is gone needs no answer. */
function tellWorker(message: object): void {
  if (parentPort !== null) parentPort.postMessage(message)
  else process.send?.(message, () => {})
}
