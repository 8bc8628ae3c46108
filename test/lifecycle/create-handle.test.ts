import { describe, expect, test, vi } from 'vitest'
import { createDeferredHandle, createHandle, type HandleParts, noHealth } from '../../src/lifecycle/create-handle.ts'

function parts() {
  return {
    signals: {
      flush: vi.fn<(ms: number) => Promise<void>>(async () => {}),
      shutdown: vi.fn<(ms: number) => Promise<void>>(async () => {}),
    },
    exitTimeoutMs: 1000,
    health: vi.fn<HandleParts['health']>(() => noHealth),
    stopWatching: vi.fn<() => void>(),
    close: vi.fn<() => void>(),
  } satisfies HandleParts
}

describe('the end by shutdown()', () => {
  test('comes once, however often it is asked for', async () => {
    const made = parts()
    const handle = createHandle(made)
    await Promise.all([handle.shutdown(), handle.shutdown(), handle[Symbol.asyncDispose]()])
    expect(made.signals.shutdown).toHaveBeenCalledOnce()
    expect(made.close).toHaveBeenCalledOnce()
  })

  test('lets go of the libraries first, and comes though that fails', async () => {
    const made = parts()
    made.stopWatching.mockImplementation(() => {
      throw new Error('no')
    })
    await createHandle(made).shutdown()
    expect(made.stopWatching).toHaveBeenCalledBefore(made.signals.shutdown)
    expect(made.close).toHaveBeenCalledAfter(made.signals.shutdown)
  })

  test('is what a flush() waits for that comes after it', async () => {
    const made = parts()
    const { promise, resolve } = Promise.withResolvers<void>()
    made.signals.shutdown.mockReturnValue(promise)
    const handle = createHandle(made)
    const ended = handle.shutdown()
    let isFlushed = false
    const flushed = handle.flush().then(() => (isFlushed = true))
    await new Promise(setImmediate)
    expect(isFlushed).toBe(false)
    resolve()
    await Promise.all([ended, flushed])
    expect(made.signals.flush).not.toHaveBeenCalled()
  })
})

test('the handle of what began late is that of what began', async () => {
  const made = parts()
  const handle = createDeferredHandle(() => createHandle(made))
  handle.start()
  await handle.flush(5)
  expect(made.signals.flush).toHaveBeenCalledWith(5)
  expect(handle.health()).toMatchObject({ status: 'active' })
  expect(made.health).toHaveBeenCalledOnce()
  await handle.shutdown(7)
  expect(made.signals.shutdown).toHaveBeenCalledWith(7)
  expect(handle.status).toBe('stopped')
})
