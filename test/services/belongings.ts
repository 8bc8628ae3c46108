import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopChild } from './stop-child.ts'

/** The processes and temp folders of the servers, so that all of it can be given back at any moment, half-started or not. */
export class Belongings {
  readonly #children = new Set<ChildProcess>()
  readonly #folders = new Set<string>()
  #isStopped = false

  folder(prefix: string): string {
    this.#refuseWhenStopped()
    const folder = mkdtempSync(join(tmpdir(), prefix))
    this.#folders.add(folder)
    return folder
  }

  /** Output is piped, input is not. */
  spawn(file: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    this.#refuseWhenStopped()
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#children.add(child)
    child.once('close', () => this.#children.delete(child))
    return child
  }

  /** Resolves to what the program printed; rejects with its complaint where it fails. */
  async run(file: string, args: readonly string[], options?: SpawnOptions): Promise<string> {
    const child = this.spawn(file, args, options)
    let [stdout, stderr] = ['', '']
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk))
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk))
    const [code, signal] = await once(child, 'close')
    if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code ?? signal}:\n${stdout}${stderr}`)
    return stdout
  }

  /** Ends all programs, and lets no new one start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all([...this.#children].map(stopChild))
  }

  /** To be called when nothing runs any more. */
  removeFolders(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #refuseWhenStopped(): void {
    if (this.#isStopped) throw new Error('the services are being stopped')
  }
}
