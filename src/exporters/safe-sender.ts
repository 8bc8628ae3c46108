import { AsyncLocalStorage } from 'node:async_hooks'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { describeThrown } from '../diagnostics/describe-thrown.ts'
import type { Refused } from './outcome.ts'
import type { Sender } from './sender.ts'

/** What it throws is a refusal, the app's context stays out of what it sends, and nothing of that is traced. */
export function createSafeSender<Items>(sender: Sender<Items>): Sender<Items> {
  /** Not in the context of the request that happens to be handled: it would live as long as our connection. */
  const outside = AsyncLocalStorage.snapshot()
  return {
    async send(items, timeoutMs) {
      try {
        const untraced = suppressTracing(ROOT_CONTEXT)
        return await outside(() => context.with(untraced, () => sender.send(items, timeoutMs)))
      } catch (error) {
        return refuse(error)
      }
    },
    prepare(items) {
      try {
        return sender.prepare(items)
      } catch (error) {
        return refuse(error)
      }
    },
    abandon: () => sender.abandon(),
  }
}

function refuse(error: unknown): Refused {
  return { kind: 'refused', reason: 'export_failed', words: describeThrown(error) }
}
