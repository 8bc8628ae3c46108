import { setTimeout as sleep } from 'node:timers/promises'
import type { OtelHealth, SignalHealth } from '../../src/handle.ts'
import type { AppResult } from '../harness/app.ts'
import { type Behaviour, type FaultServer, type Knock, startFaultServer } from '../harness/fault-server.ts'
import { audit, type Service, signals, startService } from '../harness/service.ts'

export interface FaultCase {
  readonly behaviour?: Behaviour
  readonly protocol?: 'http/protobuf' | 'http/json' | 'grpc'
  /** What the variables say in place of the address of the server. */
  readonly endpoint?: (url: string) => string
  readonly tls?: true
  readonly env?: Readonly<Record<string, string>>
  /** Why records are dropped. Default: none are, while the service runs. */
  readonly reason?: 'rejected' | 'timeout' | 'unreachable' | 'unavailable'
  /** What is to be read on stderr. */
  readonly says?: RegExp
  /** The collector has more than it confirmed. */
  readonly isCut?: true
}

/** For those that never answer. */
const impatient = { OTEL_EXPORTER_OTLP_TIMEOUT: '2000' }

/** Part of a header that no line may show. */
export const secret = 's3cr3t-of-the-tests'

/** The collector misbehaves all the time. */
export const faultCases: Readonly<Record<string, FaultCase>> = {
  'does nothing wrong': {},
  refuses: { behaviour: 'refuse', reason: 'unreachable', says: /ECONNREFUSED/ },
  'never answers': { behaviour: 'hang', reason: 'timeout', says: /no answer within/, env: impatient },
  'drips its status': { behaviour: 'drip-head', reason: 'timeout', says: /no answer within/, env: impatient },
  'drips its answer': { behaviour: 'drip-body', isCut: true, env: impatient },
  'resets connections': { behaviour: 'reset', reason: 'unreachable', says: /ECONNRESET|socket hang up/ },
  'has no address': {
    endpoint: () => 'http://collector.invalid:4318',
    reason: 'unreachable',
    says: /ENOTFOUND|EAI_AGAIN/,
  },
  'has a certificate of its own making': { tls: true, reason: 'unreachable', says: /self-signed certificate/ },
  'speaks no TLS': { endpoint: url => url.replace('http:', 'https:'), reason: 'unreachable', says: /SSL|TLS|EPROTO/ },
  'answers 400': { behaviour: '400', reason: 'rejected', says: /400.*span name is too long/ },
  'answers 400 in JSON': {
    behaviour: '400',
    protocol: 'http/json',
    reason: 'rejected',
    says: /400.*span name is too long/,
  },
  'answers 401': { behaviour: '401', reason: 'rejected', says: /401.*ask the platform team/ },
  'answers 403': { behaviour: '403', reason: 'rejected', says: /403.*this tenant may not write/ },
  'answers 413': { behaviour: '413', reason: 'rejected', says: /413.*request entity too large/ },
  'answers 429, come back in 1 s': { behaviour: '429 for 1 s', reason: 'unavailable', says: /429.*slow down/ },
  'answers 429, come back in 60 s': { behaviour: '429 for 60 s', reason: 'unavailable', says: /429.*slow down/ },
  'answers 500': { behaviour: '500', reason: 'rejected', says: /500.*the pipeline is broken/ },
  'answers 503': { behaviour: '503', reason: 'unavailable', says: /503.*the sending queue is full/ },
  redirects: { behaviour: 'redirect', reason: 'rejected', says: /307/ },
  'answers garbage': { behaviour: 'garbage', says: /is not OTLP/ },
  'answers with a page': { behaviour: 'html', says: /is not OTLP/ },
  'answers garbage to JSON': { behaviour: 'garbage', protocol: 'http/json', says: /is not OTLP/ },
  'takes only a part': { behaviour: 'partial success', reason: 'rejected', says: /some are too old/ },
  'takes only a part, in JSON': {
    behaviour: 'partial success',
    protocol: 'http/json',
    reason: 'rejected',
    says: /some are too old/,
  },
  'answers with 10 MiB': { behaviour: 'huge answer', isCut: true },
  'answers after 4 s': {
    behaviour: 'slow',
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: '10000', OTEL_METRIC_EXPORT_INTERVAL: '5000' },
    isCut: true,
  },
  'refuses, gRPC': { behaviour: 'refuse', protocol: 'grpc', reason: 'unreachable', says: /ECONNREFUSED/ },
  'never answers, gRPC': {
    behaviour: 'hang',
    protocol: 'grpc',
    reason: 'timeout',
    says: /no answer within/,
    env: impatient,
  },
  'answers UNAUTHENTICATED': {
    behaviour: 'unauthenticated',
    protocol: 'grpc',
    reason: 'rejected',
    says: /ask the platform team/,
  },
  'answers UNAVAILABLE': {
    behaviour: 'unavailable',
    protocol: 'grpc',
    reason: 'unavailable',
    says: /the sending queue is full/,
  },
  'takes only a part, gRPC': {
    behaviour: 'partial success',
    protocol: 'grpc',
    reason: 'rejected',
    says: /some are too old/,
  },
}

/** How a service fared that met it. */
export interface Encounter {
  /** Complaints about the accounts, at any time. */
  readonly complaints: readonly string[]
  readonly knocks: readonly Knock[]
  readonly shutdownMs: number
  readonly health: OtelHealth
  readonly result: AppResult
  readonly expectedStdout: string
  /** What the collector took in: different spans and log records; of data points what came, once or more often. */
  readonly arrived: Readonly<Record<(typeof signals)[number], number>>
}

/** Runs a service against it from the start to the end of the service, with a `shutdown(1000)` before that. */
export async function meetFault(fault: FaultCase): Promise<Encounter> {
  const { behaviour = 'ok', protocol = 'http/protobuf', endpoint, tls = false, env } = fault
  await using server = await startFaultServer({
    behaviour,
    protocol: protocol === 'grpc' ? 'grpc' : 'http',
    tls,
  })
  await using service = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint ? endpoint(server.url) : server.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secret}`,
    ...env,
  })
  const complaints = await recordUntil(service, health => signals.every(signal => hasShown(fault, health[signal])))
  const { tookMs, health } = await service.shutdown(1000)
  complaints.push(...audit(health, service.recorded))
  return {
    complaints,
    knocks: server.knocks(),
    shutdownMs: tookMs,
    health,
    result: await service.end(),
    expectedStdout: service.expectedStdout,
    arrived: arrivals(server),
  }
}

/** It goes on recording for a while at least, as services do. */
async function recordUntil(service: Service, isDone: (health: OtelHealth) => boolean): Promise<string[]> {
  const complaints: string[] = []
  for (let round = 0; ; round++) {
    await service.record({ spans: 20, logRecords: 10, counts: 1 })
    const health = await service.health()
    complaints.push(...audit(health, service.recorded))
    if (round >= 10 && isDone(health)) return complaints
    if (round > 300) throw new Error(`nothing came of it: ${JSON.stringify(health)}`)
    await sleep(100)
  }
}

/** Whether a signal has met the collector's ways. */
function hasShown({ reason, behaviour }: FaultCase, { sent, dropped, state, lastError }: SignalHealth): boolean {
  if (behaviour === 'partial success') return sent > 0 && dropped > 0
  if (reason === 'rejected') return dropped > 0 && lastError !== undefined
  return reason === undefined ? sent > 0 : state !== 'ok' && lastError !== undefined
}

function arrivals(server: FaultServer): Encounter['arrived'] {
  return {
    traces: new Set(server.spans().map(({ spanId }) => spanId)).size,
    metrics: server.metrics().reduce((sum, { points }) => sum + points.length, 0),
    logs: new Set(server.logs().map(({ body }) => body)).size,
  }
}
