import type { ClientRequest } from 'node:http'
import type { Span } from '@opentelemetry/api'
import { defaultPorts, parseHost } from './peers.ts'
import { readHeader } from './outgoing-headers.ts'

/** What is known of a request that this process makes. It dies with the request, at which it hangs. */
export interface ClientState {
  readonly span: Span
  /** When it was made, by `performance.now()`. */
  readonly startMs: number
  readonly method: string
  target: Target
  isEnded: boolean
}

const stateKey = Symbol('@org/otel: state of a request')

interface WithState {
  [stateKey]?: ClientState
}

export function clientStateOf(request: object): ClientState | undefined {
  return (request as WithState)[stateKey]
}

export function setClientState(request: object, state: ClientState): void {
  ;(request as WithState)[stateKey] = state
}

/** Where a request goes. */
export interface Target {
  readonly scheme: 'http' | 'https'
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** Whether the port is the usual one for want of a better: the connection tells. */
  readonly isGuess: boolean
}

/**
 * Node keeps no port in a request but in the `Host` that it writes itself, which says the port unless it is the usual one.
 * A `Host` of the app's says whom it means, but not where that is: there the usual port is our guess.
 */
export function readTarget(request: ClientRequest): Target {
  const scheme = request.protocol === 'https:' ? 'https' : 'http'
  const host = withoutBrackets(request.host)
  const usual = defaultPorts[scheme]!
  const said = readHeader(request, 'host')
  const parsed = said === undefined ? undefined : parseHost(said, scheme)
  const isGuess = parsed === undefined || withoutBrackets(parsed.host) !== host
  return { scheme, host, port: isGuess ? usual : (parsed.port ?? usual), isGuess }
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
