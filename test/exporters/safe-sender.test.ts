import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { isTracingSuppressed } from '@opentelemetry/core'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/exporters/outcome.ts'
import { createSafeSender } from '../../src/exporters/safe-sender.ts'

const sent: Outcome = { kind: 'sent', rejected: 0 }
const refused: Outcome = { kind: 'refused', reason: 'export_failed', words: 'cannot write this' }

function fail(): never {
  throw new Error('cannot write this')
}

test.each([
  ['throws', fail],
  ['rejects', async () => fail()],
])('what a sender %s with is a refusal', async (_, send) => {
  const sender = createSafeSender({ send, prepare: fail, abandon() {} })
  expect(await sender.send([], 1000)).toEqual(refused)
  expect(sender.prepare([])).toEqual(refused)
})

test('what a sender does is not traced', async () => {
  const contextManager = new AsyncLocalStorageContextManager()
  context.setGlobalContextManager(contextManager)
  const seen: boolean[] = []
  const send = async (): Promise<Outcome> => {
    await Promise.resolve()
    seen.push(isTracingSuppressed(context.active()))
    return sent
  }
  expect(await createSafeSender({ send, prepare: () => sent, abandon() {} }).send([], 1000)).toEqual(sent)
  expect([...seen, isTracingSuppressed(context.active())]).toEqual([true, false])
  context.disable()
})
