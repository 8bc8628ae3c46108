import type { ChildProcess } from 'node:child_process'

/** Resolves when the server says in its log that it is ready; rejects with the log where it ends before that. */
export function serverReady(name: string, child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let log = ''
  const read = (chunk: Buffer) => {
    log += chunk
    if (/ready to accept connections/i.test(log)) resolve()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  child.once('error', reject)
  child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}:\n${log}`)))
  return promise
}
