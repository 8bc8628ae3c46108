import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { type RPCMetadata, setRPCMetadata } from '@opentelemetry/core'

/** Under what the API keeps the span of a context: the same symbol in every copy of it, and named by none. */
export const spanKey: symbol = keyThatIsSet(probe => trace.setSpan(probe, undefined as never))

/** Under what core keeps the RPC metadata of a context: the same in every copy of core. */
export const rpcKey: symbol = keyThatIsSet(probe => setRPCMetadata(probe, undefined as unknown as RPCMetadata))

function keyThatIsSet(set: (probe: Context) => unknown): symbol {
  let seen: symbol | undefined
  const probe: Context = {
    getValue: () => undefined,
    deleteValue: () => probe,
    setValue(key) {
      seen = key
      return ROOT_CONTEXT
    },
  }
  set(probe)
  if (seen === undefined) throw new TypeError('nothing was set')
  return seen
}
