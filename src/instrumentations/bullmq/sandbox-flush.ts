import { isMainThread, MessageChannel, type MessagePort, parentPort } from 'node:worker_threads'

/** A sandbox as BullMQ's worker holds it. */
interface Sandbox {
  readonly worker?: { terminate(): Promise<number> }
  on?(event: 'message', listener: (message: unknown) => void): unknown
}

/** A sandbox from within. */
interface Inside {
  currentJobPromise?: Promise<unknown> | undefined
}

/**
 * What a sandbox has recorded leaves before it ends. The end of a process or thread would see to that by itself, but it
 * comes to all sandboxes of a worker at once, and must start a thread in each. And BullMQ before 6.7 ends its threads by
 * `terminate()`, of which nothing in them hears: those offer their worker a port, over which they are asked first.
 */
export interface SandboxFlush {
  /** In a thread, once it works. Does nothing anywhere else. */
  offer(): void
  /** In the worker, before the sandbox begins. */
  expect(sandbox: Sandbox): void
  /** In the worker: does `end`, and if that terminates a thread, the thread is asked first. */
  askBefore(sandbox: Sandbox, end: () => unknown): unknown
  /** In the sandbox, before it waits for its last job: it will wait for this too. */
  join(inside: Inside): void
}

const key = '@org/otel flush'
/** As long as the end of a process may take. A thread that is busy does not answer at all. */
const patienceMs = 1000

export function createSandboxFlush(flush: () => Promise<unknown>): SandboxFlush {
  const ports = new WeakMap<Sandbox, MessagePort>()
  let isOffered = false
  return {
    offer() {
      if (isMainThread || parentPort === null || isOffered) return
      isOffered = true
      const { port1: port, port2: theirs } = new MessageChannel()
      port.on('message', () => void flush().finally(() => port.postMessage('done'))).unref()
      // With a `cmd`, as BullMQ's own messages have: it looks at that, and lets go what it does not know.
      parentPort.postMessage({ cmd: key, port: theirs }, [theirs])
    },
    expect(sandbox) {
      sandbox.on?.('message', message => {
        const { cmd, port } = Object(message) as { readonly cmd?: unknown; readonly port?: MessagePort }
        if (cmd === key && port !== undefined) ports.set(sandbox, port)
      })
    },
    askBefore(sandbox, end) {
      const { worker } = sandbox
      const port = ports.get(sandbox)
      if (worker === undefined || port === undefined) return end()
      const { terminate } = worker
      worker.terminate = async () => {
        await ask(port)
        return terminate.call(worker)
      }
      try {
        return end()
      } finally {
        worker.terminate = terminate
      }
    },
    join(inside) {
      const job = inside.currentJobPromise
      inside.currentJobPromise = Promise.allSettled([job]).then(() => withPatience(flush))
    },
  }
}

/** Resolves when the thread has done it, is gone, or takes too long. */
async function ask(port: MessagePort): Promise<void> {
  await withPatience(
    () =>
      new Promise(resolve => {
        port.once('message', resolve).once('close', resolve)
        port.postMessage('flush')
      }),
  )
  port.close()
}

async function withPatience(work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise(resolve => (timer = setTimeout(resolve, patienceMs)))
  await Promise.race([work(), deadline])
  clearTimeout(timer)
}
