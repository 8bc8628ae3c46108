import { once } from 'node:events'
import http, { type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { watchHttp } from '../../../src/instrumentations/http/watch-http.ts'
import { type LabOptions, type SdkLab, watchInLab } from '../sdk-lab.ts'

export interface Lab extends Omit<SdkLab, 'close'>, AsyncDisposable {
  /** Makes one request to a server that answers with what came, and waits until both sides are done. */
  ask(options?: RequestOptions): Promise<{ readonly headers: http.IncomingHttpHeaders }>
}

/** `node:http` under watch, with the SDK behind it. What it changes in the process is undone at the end. */
export async function startLab(options: Readonly<Record<string, unknown>> = {}, labOptions?: LabOptions): Promise<Lab> {
  const { close, ...lab } = watchInLab(watchHttp, options, new W3CTraceContextPropagator(), labOptions)
  let closed: Promise<unknown> = Promise.resolve()
  const server = http.createServer((request: IncomingMessage, response: ServerResponse) => {
    closed = once(response, 'close')
    response.setHeader('x-answer', ['1', '2'])
    response.end(JSON.stringify(request.headers))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...lab,
    async ask(given = {}) {
      const request = http.request({ host: '127.0.0.1', port, path: '/x', agent: false, ...given }).end()
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      const body = (await response.toArray()).join('')
      if (!request.closed) await once(request, 'close')
      await closed
      return { headers: body === '' ? {} : JSON.parse(body) }
    },
    async [Symbol.asyncDispose]() {
      close()
      server.close()
    },
  }
}
