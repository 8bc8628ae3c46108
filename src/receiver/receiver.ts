import type { Telemetry } from './decode-export.ts'
import { describeArrivals } from './describe-arrivals.ts'
import { startGrpcListener } from './grpc-listener.ts'
import { startHttpListener } from './http-listener.ts'
import type { ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan } from './received.ts'

/** Options of {@link startReceiver}. */
export interface ReceiverOptions {
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly host?: string
  /** Port for OTLP/HTTP; 0 takes a free one. Default: 0. */
  readonly port?: number
  /** Port for OTLP/gRPC; 0 takes a free one. Default: 0. */
  readonly grpcPort?: number
}

/** Options of {@link Receiver.waitFor}. */
export interface WaitOptions {
  /** Longest wait in milliseconds. Default: 10000. */
  readonly timeoutMs?: number
}

/** An OTLP endpoint inside this process that keeps what it gets. Lists are in the order of arrival. */
export interface Receiver extends AsyncDisposable {
  /** Base address for OTLP/HTTP, protobuf and JSON: `http://127.0.0.1:41573`. */
  readonly url: string
  /** Address for OTLP/gRPC, without TLS. */
  readonly grpcUrl: string
  /**
   * Variables that make a program send here, by OTLP/HTTP with protobuf: spread them into its environment. At its end it
   * takes up to ten seconds instead of one, because a machine that runs tests is often busy.
   */
  readonly env: Readonly<
    Record<'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_PROTOCOL' | 'OTEL_NODE_EXIT_TIMEOUT', string>
  >
  spans(): ReceivedSpan[]
  metrics(): ReceivedMetric[]
  logs(): ReceivedLog[]
  /** Every call, also those that were refused. */
  requests(): ReceivedRequest[]
  /**
   * Asks the predicate now and after every arrival, and resolves to the first answer that is neither undefined nor false.
   * Rejects with a summary of what has arrived when time is up, with the predicate's own error when that throws,
   * and when the receiver is closed meanwhile.
   *
   * @example const span = await receiver.waitFor(r => r.spans().find(span => span.name === 'GET /users/:id'))
   */
  waitFor<T>(predicate: (receiver: Receiver) => T | undefined | false, options?: WaitOptions): Promise<T>
  /** Forgets all that has arrived. */
  clear(): void
  /** Frees the ports. What has arrived stays readable. */
  close(): Promise<void>
}

/** How long answers under way may take when the receiver is closed. */
const closeGraceMs = 200

/**
 * Starts an OTLP receiver for tests: HTTP (protobuf and JSON) on one port, gRPC on another, gzip on both.
 * Rejects when a port is taken.
 *
 * @example
 * await using receiver = await startReceiver()
 * spawn('node', ['--import', '@org/otel/register', 'app.js'], { env: { ...process.env, ...receiver.env } })
 * const span = await receiver.waitFor(r => r.spans().find(span => span.kind === 'SERVER'))
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { host = '127.0.0.1', port = 0, grpcPort = 0 } = options
  const spans: ReceivedSpan[] = []
  const metrics: ReceivedMetric[] = []
  const logs: ReceivedLog[] = []
  const requests: ReceivedRequest[] = []
  const waits = new Set<{ ask(): void; giveUp(reason: string): void }>()

  const onArrival = (request: ReceivedRequest, telemetry: Telemetry) => {
    requests.push(request)
    for (const span of telemetry.spans ?? []) spans.push(span)
    for (const metric of telemetry.metrics ?? []) metrics.push(metric)
    for (const log of telemetry.logs ?? []) logs.push(log)
    for (const wait of waits) wait.ask()
  }
  const http = await startHttpListener(host, port, onArrival)
  const grpc = await startGrpcListener(host, grpcPort, onArrival).catch(async error => {
    await http.close(0)
    throw error
  })

  const receiver: Receiver = {
    url: http.url,
    grpcUrl: grpc.url,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: http.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_NODE_EXIT_TIMEOUT: '10000',
    },
    spans: () => [...spans],
    metrics: () => [...metrics],
    logs: () => [...logs],
    requests: () => [...requests],
    waitFor<T>(predicate: (receiver: Receiver) => T | undefined | false, { timeoutMs = 10_000 }: WaitOptions = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const wait = {
        ask() {
          try {
            const found = predicate(receiver)
            if (found !== undefined && found !== false) resolve(found)
          } catch (error) {
            reject(error)
          }
        },
        giveUp: (reason: string) => reject(new Error(`${reason}.\n${describeArrivals(receiver)}`)),
      }
      const deadline = setTimeout(() => wait.giveUp(`not seen within ${timeoutMs} ms`), timeoutMs)
      waits.add(wait)
      wait.ask()
      return promise.finally(() => {
        clearTimeout(deadline)
        waits.delete(wait)
      })
    },
    clear() {
      for (const list of [spans, metrics, logs, requests]) list.length = 0
    },
    async close() {
      await Promise.all([http.close(closeGraceMs), grpc.close(closeGraceMs)])
      for (const wait of waits) wait.giveUp('the receiver was closed')
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  }
  return receiver
}
