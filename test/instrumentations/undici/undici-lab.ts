import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Attributes } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Watch } from '../../../src/instrumentations/watch.ts'
import { type LabOptions, type SdkLab, watchInLab } from '../sdk-lab.ts'

export interface Lab extends Pick<SdkLab, 'spans' | 'seenAtStart'>, AsyncDisposable {
  /** Makes one request to a server, and returns the headers that came there. */
  ask(path?: string, options?: RequestInit): Promise<Readonly<Record<string, string>>>
  /** The attributes of each measured series. */
  measured(): Promise<readonly Attributes[]>
}

/** `fetch` under watch, with the SDK behind it. What it changes in the process is undone at the end. */
export async function startLab(
  watch: Watch,
  options: Readonly<Record<string, unknown>> = {},
  labOptions?: LabOptions,
): Promise<Lab> {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
  const { spans, seenAtStart, measured, close } = watchInLab(
    watch,
    options,
    new CompositePropagator({ propagators }),
    labOptions,
  )
  const server = createServer((request, response) => {
    response.setHeader('x-answer', ['1', '2'])
    response.end(JSON.stringify(request.headers))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    spans,
    seenAtStart,
    async ask(path = '/x', given = {}) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, given)
      return (await response.json()) as Record<string, string>
    },
    measured: async () => Object.values(await measured()).flat(),
    async [Symbol.asyncDispose]() {
      close()
      server.close()
      server.closeAllConnections()
    },
  }
}

/** What undici says of a request that is answered, for those of its versions and dispatchers that are not in Node. */
export function tell<R extends object>(request: R): R {
  channel('undici:request:create').publish({ request })
  channel('undici:request:headers').publish({ request, response: { statusCode: 200, headers: [] } })
  channel('undici:request:trailers').publish({ request })
  return request
}
