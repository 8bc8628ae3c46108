import type { ClientRequest, RequestOptions } from 'node:http'
import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions'
import type { Target } from './client-state.ts'
import type { HttpOptions } from './http-options.ts'
import { defaultPorts } from './peers.ts'
import { readHeader } from './outgoing-headers.ts'
import { readPath, readQuery } from './safe-url.ts'
import { ATTR_USER_AGENT_SYNTHETIC_TYPE, readSyntheticType } from './synthetic.ts'

/** What a request says before it is answered. Made for recorded spans only. */
export function describeOutgoing(
  request: ClientRequest,
  method: string,
  target: Target,
  options: HttpOptions,
): Attributes {
  const userAgent = readHeader(request, 'user-agent')
  const attributes: Attributes = {
    ...describePlace(request, target, options),
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_USER_AGENT_ORIGINAL]: userAgent,
  }
  if (method !== request.method) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = request.method
  if (options.enableSyntheticSourceDetection && userAgent !== undefined) {
    attributes[ATTR_USER_AGENT_SYNTHETIC_TYPE] = readSyntheticType(userAgent)
  }
  return attributes
}

export function describePlace(request: ClientRequest, target: Target, options: HttpOptions): Attributes {
  return {
    [ATTR_SERVER_ADDRESS]: target.host,
    [ATTR_SERVER_PORT]: target.port,
    [ATTR_URL_FULL]: describeUrl(request, target, options.secretsOfClient),
  }
}

/** For hooks that look at what was asked for. What the app passed to `request()` and Node did not keep is not in it. */
export function describeOptions(request: ClientRequest, target: Target): RequestOptions {
  const { protocol, method, path } = request
  const { host, port } = target
  return { protocol, host, hostname: host, port, method, path, headers: request.getHeaders() }
}

/** The path may be a whole URL, meant for a proxy, which is the host then; and `CONNECT` has a host in its place. */
function describeUrl(request: ClientRequest, { scheme, host, port }: Target, secrets: ReadonlySet<string>): string {
  const { path, method } = request
  if (method === 'CONNECT') return `${scheme}://${path}`
  const query = readQuery(path, secrets)
  const meant = path.startsWith('/') ? undefined : URL.parse(path)?.origin
  const start = meant === undefined || meant === 'null' ? originOf(scheme, host, port) : meant
  return `${start}${readPath(path)}${query === undefined ? '' : `?${query}`}`
}

function originOf(scheme: string, host: string, port: number): string {
  const isUsual = port === defaultPorts[scheme]
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}${isUsual ? '' : `:${port}`}`
}
