import type { Socket } from 'node:net'
import {
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
  METRIC_HTTP_CLIENT_REQUEST_DURATION,
} from '@opentelemetry/semantic-conventions'
import { version } from '../../version.ts'
import { Durations } from '../http/durations.ts'
import { safely } from '../http/safely.ts'
import { listen } from '../listen.ts'
import type { Watch } from '../watch.ts'
import { readOrigin } from './origins.ts'
import { UndiciRequests } from './requests.ts'
import { readUndiciOptions, type UndiciResponse } from './undici-options.ts'
import type { UndiciRequest } from './undici-request.ts'

/** The name of the official one: dashboards and views select by it. */
const scope = '@opentelemetry/instrumentation-undici'

interface Message {
  readonly request: UndiciRequest
  readonly response: UndiciResponse
  readonly socket: Socket
  readonly error: unknown
}

/** Apps may abort a request with anything, whose parts may throw. */
const hear = (listener: (message: Message) => void) => safely('a request of undici', listener)

/** `fetch` and undici, as undici's own channels tell of them. */
export const watchUndici: Watch = ({ options, providers, needsAttributesAtStart }) => {
  const tracer = providers.traces.getTracer(scope, version)
  const durations = new Durations(
    providers.metrics.getMeter(scope, version),
    METRIC_HTTP_CLIENT_REQUEST_DURATION,
    'Measures the duration of outbound HTTP requests.',
    href => {
      const { scheme, host, port } = readOrigin(href)!
      return { [ATTR_URL_SCHEME]: scheme, [ATTR_SERVER_ADDRESS]: host, [ATTR_SERVER_PORT]: port }
    },
  )
  const requests = new UndiciRequests(readUndiciOptions(options), { tracer, needsAttributesAtStart }, durations)
  return listen({
    'undici:request:create': hear(({ request }) => requests.begin(request)),
    'undici:client:sendHeaders': hear(({ request, socket }) => requests.send(request, socket)),
    'undici:request:headers': hear(({ request, response }) => requests.answer(request, response)),
    'undici:request:trailers': hear(({ request }) => requests.end(request)),
    'undici:request:error': hear(({ request, error }) => requests.end(request, error)),
  })
}
