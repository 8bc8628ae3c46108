import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createSandboxFlush } from '../../../src/instrumentations/bullmq/sandbox-flush.ts'

const canFlush = { cmd: '@org/otel can flush' }

/** What is at the other end of the channel, or not. */
class Sandbox extends EventEmitter {
  readonly sent: object[] = []

  async send(message: object): Promise<void> {
    this.sent.push(message)
  }
}

/** Has a worker whose own patience outlasts any test hear `word` of a sandbox, and ask it at the end. */
function ask(sandbox: Sandbox, word: object = canFlush): Promise<void> {
  const flush = createSandboxFlush({ flush: async () => {}, timeoutMs: 3_600_000 })
  flush.expect(sandbox)
  sandbox.emit('message', word)
  return flush.ask(sandbox)
}

test('a worker waits until a sandbox says that it has sent what it had', async () => {
  const sandbox = new Sandbox()
  const asked = ask(sandbox)
  expect(sandbox.sent).toEqual([{ cmd: '@org/otel flush' }])
  sandbox.emit('message', { cmd: '@org/otel has flushed' })
  await asked
})

test('a worker does not wait for a sandbox that ends without an answer', async () => {
  const sandbox = new Sandbox()
  const asked = ask(sandbox)
  sandbox.emit('message', { cmd: 'something of the app' })
  sandbox.emit('exit')
  await expect(asked).resolves.toBeUndefined()
})

test('a worker does not wait for a sandbox that it cannot reach', async () => {
  const sandbox = new Sandbox()
  sandbox.send = () => Promise.reject(new Error('channel closed'))
  await expect(ask(sandbox)).resolves.toBeUndefined()
})

test('a worker asks no sandbox that has not said that it can be asked', async () => {
  const sandbox = new Sandbox()
  await ask(sandbox, { cmd: 'something of the app' })
  expect(sandbox.sent).toEqual([])
})
