import type { IncomingMessage } from 'node:http'
import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions'
import { captureHeaders, type HttpOptions } from './http-options.ts'
import { isEncrypted, readClient, readServer } from './peers.ts'
import { readPath, readQuery } from './safe-url.ts'
import { ATTR_USER_AGENT_SYNTHETIC_TYPE, readSyntheticType } from './synthetic.ts'

/** What a request says before it is answered. Made for recorded spans only. */
export function describeIncoming(request: IncomingMessage, method: string, options: HttpOptions): Attributes {
  const { headers, socket, url = '/' } = request
  const scheme = isEncrypted(socket) ? 'https' : 'http'
  const server = readServer(request, scheme)
  const userAgent = headers['user-agent']
  const peer = socket?.remoteAddress
  const client = readClient(request)
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_SCHEME]: scheme,
    [ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
  }
  // What has no value is left out here: to leave it out later costs as much as all of this.
  if (server !== undefined) {
    attributes[ATTR_SERVER_ADDRESS] = server.host
    if (server.port !== undefined) attributes[ATTR_SERVER_PORT] = server.port
  }
  if (peer !== undefined) {
    attributes[ATTR_NETWORK_PEER_ADDRESS] = peer
    attributes[ATTR_NETWORK_PEER_PORT] = socket.remotePort
  }
  if (client !== undefined) attributes[ATTR_CLIENT_ADDRESS] = client
  if (userAgent !== undefined) attributes[ATTR_USER_AGENT_ORIGINAL] = userAgent
  // `CONNECT` names a host, and no path.
  if (method !== 'CONNECT') attributes[ATTR_URL_PATH] = readPath(url)
  const query = readQuery(url, options.secretsOfServer)
  if (query !== undefined) attributes[ATTR_URL_QUERY] = query
  if (method !== request.method && request.method !== undefined) {
    attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = request.method
  }
  if (options.enableSyntheticSourceDetection && userAgent !== undefined) {
    attributes[ATTR_USER_AGENT_SYNTHETIC_TYPE] = readSyntheticType(userAgent)
  }
  const captured = captureHeaders(options.headers.server.request, name => headers[name])
  return captured === undefined ? attributes : Object.assign(attributes, captured)
}
