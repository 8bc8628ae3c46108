import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import {
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
  METRIC_HTTP_CLIENT_REQUEST_DURATION,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
} from '@opentelemetry/semantic-conventions'
import { version } from '../../version.ts'
import { listen } from '../listen.ts'
import type { Watch } from '../watch.ts'
import { ClientRequests } from './client.ts'
import { Durations } from './durations.ts'
import { readHttpOptions } from './http-options.ts'
import { ServerRequests } from './server.ts'
import { patchMessages, patchServers } from './server-context.ts'

/** The name of the official one: dashboards and views select by it. */
const scope = '@opentelemetry/instrumentation-http'

interface OfServer {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly server: object
}

interface OfSocket {
  readonly socket: { readonly server?: object | null }
}

interface OfClient {
  readonly request: ClientRequest
  readonly response: IncomingMessage
  readonly error: Error
}

/** Servers and clients of `http` and `https`, as Node's own channels tell of them. Loads neither until the app does. */
export const watchHttp: Watch = ({ options: given, providers, needsAttributesAtStart }) => {
  const options = readHttpOptions(given)
  const tracer = providers.traces.getTracer(scope, version)
  const meter = providers.metrics.getMeter(scope, version)
  const parts = { options, tracer, needsAttributesAtStart }
  const undo: (() => void)[] = []

  if (!options.disableIncomingRequestInstrumentation) {
    const durations = new Durations(
      meter,
      METRIC_HTTP_SERVER_REQUEST_DURATION,
      'Duration of HTTP server requests.',
      (route, scheme) => ({ [ATTR_HTTP_ROUTE]: route, [ATTR_URL_SCHEME]: scheme }),
    )
    const requests = new ServerRequests({ ...parts, durations })
    const servers = patchServers(requests)
    const patchMore = once(() => undo.push(patchMessages(requests)))
    // An adapter of a platform may give requests to a server that has no connections at all.
    const turn = setImmediate(() => {
      if (!isHttpLoaded()) return
      servers.reach(process.getBuiltinModule('node:http').Server.prototype)
      patchMore()
    }).unref()
    undo.push(
      () => clearImmediate(turn),
      () => servers.undo(),
      listen({
        'net.server.socket': ({ socket }: OfSocket) => socket.server && servers.reach(prototypeOf(socket.server)),
        'http.server.request.start': ({ request, response, server }: OfServer) => {
          servers.reach(prototypeOf(server))
          patchMore()
          requests.begin(request, response)
        },
      }),
    )
  }
  if (!options.disableOutgoingRequestInstrumentation) {
    const durations = new Durations(
      meter,
      METRIC_HTTP_CLIENT_REQUEST_DURATION,
      'Duration of HTTP client requests.',
      (host, port) => ({ [ATTR_SERVER_ADDRESS]: host, [ATTR_SERVER_PORT]: port }),
    )
    const requests = new ClientRequests({ ...parts, durations })
    undo.push(
      listen({
        'http.client.request.created': ({ request }: OfClient) => requests.begin(request),
        'http.client.response.finish': ({ request, response }: OfClient) => requests.answer(request, response),
        'http.client.request.error': ({ request, error }: OfClient) => requests.fail(request, error),
      }),
    )
  }
  return () => undo.forEach(act => act())
}

function prototypeOf(object: object): object {
  return Object.getPrototypeOf(object) as object
}

/** Told without loading it. */
function isHttpLoaded(): boolean {
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] }
  return moduleLoadList.includes('NativeModule _http_server')
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}
